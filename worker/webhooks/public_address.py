"""Which addresses belong to somebody on the internet, and which to this host or the networks around it. Pure.

A webhook's URL comes from whoever may enqueue. It must not reach what only we can reach: this host, the network it
stands in, a cloud's metadata.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_GLOBAL_UNICAST = IPv6Network("2000::/3")  # all that was ever given out; the rest of IPv6 is special
_NAT64 = IPv6Network("64:ff9b::/96")
_SPECIAL_4 = tuple(
    IPv4Network(one)
    for one in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",  # a public number by which one cloud's machines reach their host
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",  # multicast, reserved, broadcast
    )
)
_SPECIAL_6 = tuple(IPv6Network(one) for one in ("2001::/23", "2001:db8::/32", "3fff::/20"))


def is_public(text: str) -> bool:
    """Whether this address is one that anybody could reach; False for what is no address at all."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return _public_4(address) if isinstance(address, IPv4Address) else _public_6(address)


def _public_4(address: IPv4Address) -> bool:
    return address.is_global and not any(address in network for network in _SPECIAL_4)


def _public_6(address: IPv6Address) -> bool:
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and address in _NAT64:
        inner = IPv4Address(int(address) & 0xFFFFFFFF)
    if inner is not None:  # what carries an IPv4 address leads there
        return _public_4(inner)
    if address not in _GLOBAL_UNICAST or address.scope_id is not None:
        return False
    return address.is_global and not any(address in network for network in _SPECIAL_6)
