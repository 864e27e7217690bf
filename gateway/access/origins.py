"""By what name the gateway is asked, and from which page: what a browser can be made to do for a foreign one.

A page whose name is made to point at 127.0.0.1 (DNS rebinding) still says its own name in `Host`; a page elsewhere
says where it comes from in `Origin`.
"""

import ipaddress
from collections.abc import Collection
from functools import lru_cache

_SCHEMES = {"http": ":80", "https": ":443"}


def host_of(authority: str) -> str:
    """The host of `host`, `host:port`, `[::1]:port`, in lower case; "" when it cannot be read."""
    text = authority.lower()
    if text.startswith("["):
        inner, end, rest = text[1:].partition("]")
        return inner if end and (not rest or rest.startswith(":")) else ""
    host, _, port = text.partition(":")
    return host if not port or port.isdigit() else ""


@lru_cache(maxsize=256)
def is_this_machine(host: str) -> bool:
    """Whether a host's name means this machine by itself, without asking any name server."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def known_host(authority: str, allowed: Collection[str]) -> bool:
    """Whether a `Host` header names this machine, or one of the allowed hosts (with or without their port)."""
    host = host_of(authority)
    return bool(host) and (is_this_machine(host) or host in allowed or authority.lower() in allowed)


def own_origin(origin: str, authority: str, allowed: Collection[str]) -> bool:
    """Whether a page of this origin is ours: it has the name (and port) we were asked by, or an allowed one."""
    scheme, separator, rest = origin.lower().partition("://")
    if not separator or scheme not in _SCHEMES or not rest:
        return False
    usual = _SCHEMES[scheme]
    asked = authority.lower().removesuffix(usual)
    return rest.removesuffix(usual) == asked or rest in allowed
