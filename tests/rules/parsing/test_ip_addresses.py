"""Which addresses are of the public internet."""

import pytest

from rules.parsing.ip_addresses import is_public

PRIVATE = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1"),
    *("::1", "::", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1"),
    *("255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1", "192.88.99.1", "::7f00:1", "::ffff:0:7f00:1"),
    *("fec0::1", "2001:db8::1", "2001::1", "64:ff9b:1::1", "fd00:ec2::254", "100::1", "localhost", ""),
    *("192.0.0.8", "192.0.0.192", "3fff::1", "5f00::1"),
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_of_the_internet(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "162.159.128.233", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_an_address_of_the_internet(address):
    assert is_public(address)
