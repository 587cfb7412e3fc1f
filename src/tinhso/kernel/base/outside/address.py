"""Which addresses are called: https to a name whose every address is public, so that nobody aims us at ourselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from tinhso.kernel.base.outside.contract import NotReached

PORTS = frozenset({443, 8443})
LONGEST = 300
NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart."""

    secure: bool
    host: str
    port: int
    path: str


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be called. Who runs the platform may name a machine of his own network; tests let loopback in."""

    schemes: frozenset[str] = frozenset({"https"})
    ports: frozenset[int] | None = PORTS
    literal: bool = False
    public_only: bool = True
    longest: int = LONGEST


OUTSIDE = Allowed()


def target_of(url: str, allowed: Allowed = OUTSIDE) -> Target:
    """Take the address apart. Raises NotReached for one that may not be called, whatever its name resolves to."""
    if len(url) > allowed.longest or not url.isascii() or any(letter <= " " or letter == "\\" for letter in url):
        raise NotReached("the address holds letters that an address cannot have, or is too long")
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    except ValueError as wrong:
        raise NotReached("this is no address") from wrong
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in allowed.schemes or not host or parts.username is not None or parts.fragment:
        raise NotReached("the address must begin with https:// and hold neither a user nor a mark #")
    if allowed.ports is not None and port not in allowed.ports:
        raise NotReached("only the ports 443 and 8443 are called")
    if not allowed.literal and (_is_number(host) or "." not in host):
        raise NotReached("the address must hold a name, not a number")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme == "https", host, port, path)


def address_of(target: Target, resolve: Callable[[str, int], list[str]], allowed: Allowed = OUTSIDE) -> str:
    """The one address that is called; every address of the name must be public. Raises NotReached."""
    try:
        found = resolve(target.host, target.port)
    except OSError as error:
        raise NotReached("the name is not known") from error
    if not found:
        raise NotReached("the name is not known")
    if allowed.public_only and not all(is_public(one) for one in found):
        raise NotReached("the name leads to an address that is not public")
    return found[0]


def is_public(text: str) -> bool:
    """Whether the address lies in the open network: not loopback, private, link-local, shared, reserved or multicast,
    and not one that wraps such an address."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is not None:
            return _is_open(inner) and address.ipv4_mapped is not None
        if any(address in net for net in NAT64):
            return False
    return _is_open(address)


def _is_open(address: IPv4Address | IPv6Address) -> bool:
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _is_number(host: str) -> bool:
    """An address in any spelling: dotted, 0x7f000001, 2130706433, or in brackets."""
    last = host.rpartition(".")[2]
    return ":" in host or last.isdigit() or last.startswith("0x")
