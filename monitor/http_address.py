"""Which addresses on the network may be reached: a redirect must not lead into the private network of the reader."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import urllib.request


def is_private(address: str) -> bool:
    """Whether an IP address is anything but a public one, also when it wraps a private IPv4 address."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0].strip("[]"))
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour or _translated(parsed)
        if inner is not None:
            parsed = inner
        elif parsed.is_site_local:
            return True
    return not parsed.is_global or parsed.is_multicast


async def addresses_of(host: str, port: int) -> list[str]:
    """The IP addresses that a name leads to now, the likeliest first; only itself for an address.

    Raises:
        OSError, UnicodeError: the name cannot be resolved.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[4][0]) for address in found))


def through_proxy(host: str) -> bool:
    """Whether requests to a host go through a proxy that the environment names."""
    proxies = urllib.request.getproxies()
    named = any(proxies.get(scheme) for scheme in ("http", "https", "all"))
    return named and not urllib.request.proxy_bypass(host)


def proxy_for_all(scheme: str, host: str) -> str | None:
    """The proxy that `ALL_PROXY` names, which the library for websockets does not look at, unless another is named."""
    proxies = urllib.request.getproxies()
    others = ("ws", "socks", "https", "http") if scheme == "ws" else ("wss", "socks", "https")
    if any(proxies.get(other) for other in others) or urllib.request.proxy_bypass(host):
        return None
    return proxies.get("all") or None


_TRANSLATION = ipaddress.IPv6Network("64:ff9b::/96")


def _translated(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address in the well-known prefix of RFC 6052."""
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _TRANSLATION else None
