"""The config's `logs:` (and each pool's and program's `log:`) -> the logger's command line. Pure."""

from config import Config, Places, Pool, Program
from supervisor.logger.settings import Settings, Stream


def logger_arguments(config: Config) -> tuple[str, ...]:
    """Answer the arguments of `python -m supervisor.logger`."""
    logs = config.logs
    every = Stream(echo=logs.echo, per_worker=logs.per_worker)
    streams = {}
    owners: list[Pool | Program] = [*config.pools, *config.programs]
    for one in owners:
        echo = every.echo if one.log.echo is None else one.log.echo
        per_worker = every.per_worker if one.log.per_worker is None else one.log.per_worker
        stream = Stream(echo=echo, per_worker=per_worker)
        if stream != every:
            streams[one.name] = stream
    settings = Settings(
        format=logs.format,
        max_size=logs.max_size,
        max_total=logs.max_total,
        max_age=logs.max_age,
        rotate_every=logs.rotate_every,
        compress=logs.compress,
        every=every,
        streams=streams,
    )
    places = Places(config.data_dir)
    return ("--dir", str(places.logs_dir), "--deaths", str(places.deaths), "--settings", settings.to_json())
