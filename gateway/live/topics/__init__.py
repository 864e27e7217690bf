"""The topics of the feed, one a thing that people look at."""

from collections.abc import Mapping
from types import MappingProxyType

from gateway.live.topic import Topic
from gateway.live.topics import dead, flows, herd, job, jobs, overview, queues, schedules

TOPICS: Mapping[str, Topic] = MappingProxyType(
    {
        "overview": overview.OVERVIEW,
        "queues": queues.QUEUES,
        "workers": herd.WORKERS,
        "pools": herd.POOLS,
        "jobs": jobs.JOBS,
        "job": job.JOB,
        "groups": dead.GROUPS,
        "schedules": schedules.SCHEDULES,
        "flows": flows.FLOWS,
        "flow": flows.FLOW,
        "deaths": herd.DEATHS,
    }
)
