"""This host's targets in the form of Prometheus' HTTP service discovery."""

import ipaddress
from collections.abc import Iterator, Mapping

from config import namespace
from supervisor.herd import Herd
from supervisor.services.states import State

_WORKERS_HOST = "127.0.0.1"  # where workers with http_port listen, whatever else the config says

Target = dict[str, object]


def targets(herd: Herd, addresses: Mapping[str, str], here: str) -> list[Target]:
    """Answer everything that can be scraped now from where somebody asks.

    What listens on all addresses is named by `here`, the one of ours that was asked at; what listens on this machine's
    own address alone is told to nobody else: 127.0.0.1 would be the asker's.
    """
    space = namespace(herd.config)
    found = [
        ("supervisor", addresses.get("metrics", ""), {}),
        ("gateway", _serving(herd, addresses), {}),
        *_workers(herd),
    ]
    return [
        {"targets": [place], "labels": {"component": component, "namespace": space, **labels}}
        for component, address, labels in found
        if address and (place := _seen_from(here, address))
    ]


def _serving(herd: Herd, addresses: Mapping[str, str]) -> str:
    runs = herd.gateway is not None and herd.gateway.state is State.RUNNING
    return addresses.get("gateway", "") if runs else ""


def _workers(herd: Herd) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Each worker of a pool with `http_port` has a port of its own: that of its place in the pool after the first."""
    for pool in herd.pools:
        first = pool.config.http_port
        if first is None:
            continue
        places = {seat.index: seat.name for seat in pool.seats if seat.state is State.RUNNING}
        for index, name in sorted(places.items()):
            yield "worker", f"{_WORKERS_HOST}:{first + index}", {"pool": pool.name, "worker": name}


def _seen_from(here: str, address: str) -> str:
    host, _, port = address.rpartition(":")
    try:
        listens, asked = ipaddress.ip_address(host.strip("[]")), ipaddress.ip_address(here)
    except ValueError:  # a name: whoever chose it knows who can resolve it
        return address
    if listens.is_unspecified:
        return f"[{here}]:{port}" if ":" in here else f"{here}:{port}"
    return "" if listens.is_loopback and not asked.is_loopback else address
