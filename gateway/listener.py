"""Where the gateway listens: loopback only for now, and a taken port is a plain error."""

import errno
import ipaddress
import socket

BACKLOG = 2048


class CannotListen(Exception):
    """The address cannot be had; the message says why and what to do."""


def is_loopback(host: str) -> bool:
    """Whether a host means this machine alone: a loopback address, or a name that means nothing else."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        pass
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return False
    return bool(found) and all(ipaddress.ip_address(address[4][0]).is_loopback for address in found)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket at the host's first address.

    Raises:
        CannotListen: the port is taken or not allowed, or the host is no address of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.socket(family, kind, protocol)
    except OSError as error:
        raise CannotListen(f"gateway.host {host}: {error.strerror}") from None
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(BACKLOG)
    except OSError as error:
        bound.close()
        raise CannotListen(_said(host, port, error)) from None
    bound.setblocking(False)  # noqa: FBT003 - the socket module's own signature
    return bound


def _said(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"{host}:{port} is taken by another program: stop that one, or choose another gateway.port"
    if error.errno == errno.EACCES:
        return f"{host}:{port} needs rights this user lacks: choose a gateway.port of 1024 or above"
    return f"{host}:{port}: {error.strerror}"
