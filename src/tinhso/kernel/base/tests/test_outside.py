"""Nobody aims the platform at itself or at its neighbours: only https to names that lead to the open network."""

from __future__ import annotations

import pytest

from tinhso.kernel.base.outside.address import address_of, is_public, target_of
from tinhso.kernel.base.outside.contract import NotReached
from tinhso.kernel.base.outside.https import Https


@pytest.mark.parametrize(
    "url",
    [
        "http://erp.example.com/hook",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://127.1/",
        "https://[::1]/",
        "https://localhost/",
        "https://erp.example.com:22/",
        "https://user:word@erp.example.com/",
        "https://erp.example.com/#part",
        "https://erp.example.com/\r\nHost: other",
        "https://erp.example.com\\@other.example.com/",
        "https://erp.example.com:99999/",
        "ftp://erp.example.com/",
        "https:///hook",
        "https://" + "a" * 300 + ".com/",
        "gopher://erp.example.com",
    ],
)
def test_addresses_that_are_never_called(url):
    with pytest.raises(NotReached):
        target_of(url)


def test_an_address_is_taken_apart():
    target = target_of("https://erp.example.com:8443/hook?a=1")

    assert (target.host, target.port, target.path, target.secure) == ("erp.example.com", 8443, "/hook?a=1", True)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2002:808:808::1",
        "ff02::1",
        "nonsense",
    ],
)
def test_addresses_that_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8"])
def test_addresses_that_are(address):
    assert is_public(address)


def test_one_private_address_among_public_ones_is_enough_to_refuse():
    target = target_of("https://erp.example.com/")

    with pytest.raises(NotReached):
        address_of(target, lambda host, port: ["8.8.8.8", "127.0.0.1"])
    with pytest.raises(NotReached):
        address_of(target, lambda host, port: [])


def test_a_name_that_leads_home_is_not_called():
    asked = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    with pytest.raises(NotReached, match="not public"):
        Https(resolve=rebinding).post("https://erp.example.com/", b"{}", {})

    assert asked == ["erp.example.com"]
