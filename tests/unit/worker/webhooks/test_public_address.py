"""Which addresses a webhook may go to."""

import pytest

from worker.webhooks.public_address import is_public


@pytest.mark.parametrize(
    "address",
    [
        "93.184.216.34",
        "1.1.1.1",
        "172.32.0.1",
        "192.169.0.1",
        "100.63.255.255",
        "2606:4700:4700::1111",
        "64:ff9b::101:101",
        "::ffff:1.1.1.1",
        "2002:101:101::1",
    ],
)
def test_what_anybody_could_reach_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        # this host, this network, a cloud's metadata
        *("127.0.0.1", "127.8.9.1", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
        *("169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "198.18.0.1", "168.63.129.16"),
        # documentation, multicast, reserved, broadcast
        *("192.0.2.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
        "192.88.99.1",
        # the same in IPv6
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1"),
        *("3fff::1", "100::1", "5f00::1", "4000::1"),
        # IPv4 in disguise: mapped, compatible, NAT64, 6to4, Teredo
        *("::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "::a00:1"),
        *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::1", "2002:a00:1::", "2001:0:1::1"),
        # no address at all
        *("", "localhost", "0x7f.1", "2130706433", "127.1", "1.1.1.1:80", "[::1]"),
    ],
)
def test_what_only_we_could_reach_is_not(address):
    assert not is_public(address)
