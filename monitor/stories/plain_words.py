"""The words that a language model may put around the phrases and quotations that it is given.

They report, and say nothing by themselves: no number, no comparison, no negation, no cause, no praise, no name. What
a draft says lies in the phrases, which are ours, and in the quotations, which are looked up.
"""

from __future__ import annotations

import re

_TEXT = """
a about account accounts across added adds after afternoon again along also amid among an and another any are around
article articles as at author authors be been before began begin begins being beside besides brief brings brought but
by came can carried carries caught collected come comes comment comments conversation count counted counts coverage
day days describe described describes did discussion do does each earlier elsewhere evening figure figures filed
follow followed following follows for found from gave gives go goes had has have he heard here hour hours how i in
into is it item items its itself keep kept last lately later line lines look looked looks margin may meanwhile
measured mention mentions moment mood morning name named names near next night note noted notes now number numbers of
on one or other others our out own part people picture place places plain plainly point points post posted poster
posters posts present public put puts question questions quoted quotes read reader readers reads record recorded
records remains remark remarks report reported reports said saw say saying says scored see seen sentence separately
share she show shown shows side sides since single so some source sources speak speaks stand stands stated states
still stood store taken takes talk talked tell tells text texts that the their them then there these they thing things
this those thread through time to today together told tone topic until update upon us video videos view viewers voice
voices volume was way we week weighed well were what when where which while who whose will window with within word
words write writer writers writes writing written wrote yesterday yet
"""
PLAIN = frozenset(_TEXT.split())

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def others(text: str, allowed: frozenset[str]) -> list[str]:
    """The words of a text that are neither plain nor allowed besides."""
    found = [word.casefold().replace("’", "'") for word in _WORD.findall(text)]
    bare = [word.removesuffix("'s") for word in found]
    return list(dict.fromkeys(word for word in bare if word not in PLAIN and word not in allowed))


def words_of(text: str) -> frozenset[str]:
    """The words of a name, as they are compared."""
    return frozenset(word.casefold().replace("’", "'").removesuffix("'s") for word in _WORD.findall(text))
