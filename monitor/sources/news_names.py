"""The names under which one article comes from feeds, Google News, GDELT and the Guardian."""

from __future__ import annotations

import re

from monitor.instants import HOUR
from monitor.sources.web_addresses import canonical_url

STRETCH = 8 * HOUR
FEWEST_WORDS = 4
"""Words of a title below which it does not tell one article from another, such as "Morning briefing"."""

_WORDS = re.compile(r"\w+")
_LONGEST = 500


def names_of(address: str | None, publication: str | None, title: str | None, published: int) -> tuple[str, ...]:
    """The other names of an article: its address, and its title in its publication at about its time.

    The title joins what has an address with what has none; two addresses are two articles, whatever their titles.
    The same title in the same publication is the same article up to four hours apart, and never from sixteen hours on,
    so that a column that comes every day under one title stays many articles.

    Args:
        address: Where the article is; None where only a redirect to it is known.
        publication: Host of the publication.
        title: As the publication gives it.
        published: When it was published, as far as is known.
    """
    names = []
    canonical = canonical_url(address)
    if canonical is not None:
        _, _, place = canonical.partition("://")
        names.append(f"url:{place.removeprefix('www.').rstrip('/')}"[:_LONGEST])
    words = _WORDS.findall((title or "").casefold())
    if publication and len(words) >= FEWEST_WORDS:
        stretch, since = divmod(published, STRETCH)
        nearest = stretch - 1 if since < STRETCH // 2 else stretch + 1
        said = f"~title:{publication}/{' '.join(words)}"[:_LONGEST]
        names += [f"{said}@{stretch}", f"{said}@{nearest}"]
    return tuple(names)
