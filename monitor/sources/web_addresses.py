"""One form for all the addresses under which one article is linked."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit, urlunsplit

from monitor.text.clean import safe_url

_TRACKING = re.compile(
    r"(?i)(utm_|at_|mc_|ns_|pk_|mtm_|hsa_|_hs|vero_|wt_|oly_|fb_|ga_)\w*"
    r"|fbclid|gclid|gclsrc|dclid|msclkid|yclid|twclid|igshid|igsh|wbraid|gbraid|ttclid|li_fat_id"
    r"|cmp|cmpid|ocid|ncid|icid|ftag|smid|smtyp|partner|emc|guccounter|guce_\w+|feedtype|feedname|ref_?src|xtor|sr_share"
)
_DEFAULT_PORTS = {"http": 80, "https": 443}


def canonical_url(address: str | None) -> str | None:
    """A web address without what does not change the page: tracking parameters, fragment, default port, upper case.

    None where it is no web address that a person may be sent to.
    """
    parts = _split(address)
    if parts is None:
        return None
    kept = [pair for pair in parts.query.split("&") if pair and not _TRACKING.fullmatch(pair.partition("=")[0])]
    return urlunsplit((parts.scheme, _netloc(parts), parts.path or "/", "&".join(kept), ""))


def publication_of(address: str | None) -> str | None:
    """The host of a web address without `www.`, which stands for the publication; None where there is none."""
    parts = _split(address)
    return None if parts is None else (parts.hostname or "").removeprefix("www.") or None


def _split(address: str | None) -> SplitResult | None:
    safe = safe_url(address)
    if safe is None:
        return None
    try:
        parts = urlsplit(safe)
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.hostname else None


def _netloc(parts: SplitResult) -> str:
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return host if parts.port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f"{host}:{parts.port}"
