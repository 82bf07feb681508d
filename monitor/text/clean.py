"""Text from outside, made harmless: no terminal control, no hidden direction changes, one normal form.

Everything that a stranger wrote passes through here once, before it is stored. The functions are total: any string
gives a string. What they return holds nothing that `clean` would take out, so cleaning twice changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING
from unicodedata import is_normalized, normalize

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    chr(plane * 0x10000 + 0xFFFE) + chr(plane * 0x10000 + 0xFFFF) for plane in range(17)
)

# Soft hyphens, zero-width spaces and the invisible operators have no agreed width, so they shift what stands after
# them, and they split words unseen. The joiners U+200C and U+200D stay: Persian and emoji are spelled with them.
_INVISIBLE = "\xad\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb"
_DIRECTIONS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f"
_SEPARATORS = "\u2028\u2029"
_SURROGATES = "\ud800-\udfff"
_TAGS = "\U000e0000-\U000e007f"
_FORBIDDEN = _CONTROLS + _DIRECTIONS + _INVISIBLE + _SEPARATORS + _SURROGATES + _TAGS + _NONCHARACTERS

# More marks on one letter than any orthography needs paint over the lines above and below.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\U000e0100-\U000e01ef"
)
_MARKS_KEPT = 4

_NEWLINE = "\n\x0b\x0c\r\x85\u2028\u2029"
_PAYLOAD = "[^\x07\x18\x1a\x1b\x80-\x9f]"
_PAYLOAD_IN_LINE = f"[^\x07\x18\x1a\x1b\x80-\x9f{_NEWLINE}]"
_STRING_TERMINATOR = "(?:\x1b\\\\|\x9c)"

_SEQUENCE = re.compile(
    "|".join(
        (
            # CSI: parameters and intermediates, then one final byte; a terminal carries out controls in between.
            "(?:\x1b\\[|\x9b)[\x00-\x08\x0e-\x17\x19\x1c-\x1f\x7f]*(?:[0-?][\x00-\x08\x0e-\x17\x19\x1c-\x1f\x7f]*)*"
            "(?:[ -/][\x00-\x08\x0e-\x17\x19\x1c-\x1f\x7f]*)*[@-~]?",
            # OSC ends with ST, or with BEL as xterm has it.
            f"(?:\x1b\\]|\x9d){_PAYLOAD}*(?:\x07|{_STRING_TERMINATOR})",
            # DCS, SOS, PM, APC end with ST only.
            f"(?:\x1b[PX^_]|[\x90\x98\x9e\x9f])(?:{_PAYLOAD}|\x07)*{_STRING_TERMINATOR}",
            # A string without its end swallows its line and no more, so that nobody can make an article vanish.
            f"(?:\x1b[\\]PX^_]|[\x90\x98\x9d\x9e\x9f]){_PAYLOAD_IN_LINE}*",
            # All other escape sequences: intermediates, then one final byte.
            "\x1b[ -/]*[0-~]",
        )
    )
)
_LINE_END = re.compile("\r\n|[\x0b\x0c\r\x85\u2028\u2029]")
_FORBIDDEN_RUN = re.compile(f"[{_FORBIDDEN}]+")
_EXCESS_MARKS = re.compile(f"([{_MARKS}]{{{_MARKS_KEPT}}})[{_MARKS}]+")
_SURROGATE_RUN = re.compile(f"[{_SURROGATES}]+")


def clean(text: str) -> str:
    """Plain text without anything that steers a terminal or hides from a reader, in NFC; newline and tab stay.

    Escape sequences (CSI, OSC, DCS, APC, PM, SOS and the short ones, in their 7-bit and 8-bit forms) go with their
    payload. Then go lone C0 and C1 controls, DEL, marks and overrides of direction, lone surrogates, noncharacters, tag
    characters and invisible fillers. Other line ends become newlines. Of a heap of combining marks the first four stay.
    """
    # What Python calls printable holds nothing forbidden, and that question is answered much faster than any pattern.
    printable = text.isprintable() or text.replace("\n", " ").replace("\t", " ").isprintable()
    if text.isascii():
        return text if printable else _without_controls(text)
    if not printable and _FORBIDDEN_RUN.search(text) is not None:
        text = _without_controls(text)
    # What stood apart may now touch, so marks are counted in the normal form of what is left.
    if not is_normalized("NFC", text):
        text = normalize("NFC", text)
    return _EXCESS_MARKS.sub(r"\1", text)


def _without_controls(text: str) -> str:
    text = _SEQUENCE.sub("", text)
    text = _LINE_END.sub("\n", text)
    return _FORBIDDEN_RUN.sub("", text)


def clean_line(text: str) -> str:
    """Cleaned text on one line, with runs of white space as one space: for titles and names."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split()) if " " in text else text
    return " ".join(clean(text).split())


_BLOCKS = (
    "p,br,li,div,tr,hr,h1,h2,h3,h4,h5,h6,ul,ol,dl,dt,dd,pre,blockquote,table,section,article,header,footer,aside,figure,"
    "figcaption,main,nav,form,option"
)
_UNREAD = ("script", "style", "template", "noscript", "iframe", "object", "svg", "math", "title", "textarea", "select")
# The parser's time grows with the square of the depth; this many tags, all nested, take a fifth of a second.
_MOST_TAGS = 10_000
_BREAK = "\x1f"
_BREAKS = re.compile(f"\\s*{_BREAK}[\\s{_BREAK}]*")
_SPACES = re.compile(f"[^\\S{_BREAK}]+")


def html_to_text(html: str) -> str:
    """The text of an HTML fragment or page, cleaned; blocks, line breaks and list items become lines.

    Scripts, styles and what is not shown are left out, entities are decoded. A link that is shown shortened
    (`example.com/a-lo...`) is given back in full. What follows the first 10,000 tags is not read.
    """
    if "<" not in html and "&" not in html:
        return clean(html)
    if html.count("<") > _MOST_TAGS:
        html = "<".join(html.split("<", _MOST_TAGS + 1)[:-1])
    return clean(_text_of(_SURROGATE_RUN.sub("", html).replace(_BREAK, "").replace("\x00", ""))).strip()


def _text_of(html: str) -> str:
    from selectolax.lexbor import LexborHTMLParser

    root = LexborHTMLParser(html).root
    if root is None:
        return ""
    lowered = html.lower()
    root.strip_tags([tag for tag in _UNREAD if "<" + tag in lowered])
    for link in root.css("a[href]"):
        _lengthen(link)
    for block in root.css(_BLOCKS):
        block.insert_before(_BREAK)
        block.insert_after(_BREAK)
    text = _SPACES.sub(" ", root.text())
    return _BREAKS.sub("\n", text)


def _lengthen(link: LexborNode) -> None:
    """Replace the text of a shortened link by its address."""
    shown = link.text().strip()
    if not shown.endswith(("...", "…")):
        return
    start = shown.rstrip(".…")
    address = link.attributes.get("href") or ""
    bare = address.partition("://")[2]
    if start and any(full.startswith(start) for full in (address, bare, bare.removeprefix("www."))):
        link.replace_with(address)


_WEB_ADDRESS = re.compile(r"(?i:https?)://[^\s/?#@\\<>\"]+(?:[/?#][^\s<>\"]*)?")
_LONGEST_ADDRESS = 4096


def safe_url(url: str | None) -> str | None:
    """The address if a person may be sent there, else None.

    Only http and https, without a user name or password (they disguise the host), without white space, quotes, angle
    brackets or anything that `clean` would take out, and at most 4,096 characters long.
    """
    if url is None:
        return None
    address = url.strip()
    if len(address) > _LONGEST_ADDRESS or _FORBIDDEN_RUN.search(address) or not _WEB_ADDRESS.fullmatch(address):
        return None
    return address


def replace_byte_ranges(text: str, ranges: Sequence[tuple[int, int, str]]) -> str:
    """Put other text in place of half-open ranges that are counted in UTF-8 bytes, as the facets of Bluesky are.

    A range that is empty, lies outside the text, cuts a character or overlaps an earlier one is passed over.
    """
    if not ranges:
        return text
    data = text.encode("utf-8", "surrogatepass")
    pieces: list[bytes] = []
    end_of_last = 0
    for start, end, replacement in sorted(ranges):
        if end_of_last <= start < end <= len(data) and _is_boundary(data, start) and _is_boundary(data, end):
            pieces += (data[end_of_last:start], replacement.encode("utf-8", "surrogatepass"))
            end_of_last = end
    pieces.append(data[end_of_last:])
    return b"".join(pieces).decode("utf-8", "surrogatepass")


def _is_boundary(data: bytes, offset: int) -> bool:
    """Whether a character starts or the data ends at this offset."""
    return offset == len(data) or data[offset] & 0xC0 != 0x80
