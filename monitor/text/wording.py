"""The wording of a text: what of it stays the same when people paste it, and its words."""

from __future__ import annotations

import re

_WITHIN_A_LINK = r"[^\s<>\"“”「」（）\u3000-\u30ff\u4e00-\u9fff]"
_LINK = re.compile(rf"https?://{_WITHIN_A_LINK}+|www\.{_WITHIN_A_LINK}+")
_PATH_OF_A_HOST = re.compile(r"\.[a-z]{2,24}/")
_LINK_WITHOUT_SCHEME = re.compile(rf"(?<![\w.@-])[a-z0-9-]+(?:\.[a-z0-9-]+)+/{_WITHIN_A_LINK}*")
_MENTION = re.compile(r"@(?<!\w@)\w[\w.-]*(?:@[\w.-]+)?")
_KEYCAP = re.compile("[0-9#*]\ufe0f?\u20e3")

_TAG = re.compile(rb"#[\w\x80-\xff]+")
# The vowel signs of the Indic scripts are of no word to Python's \w, and would cut words into pieces.
_BETWEEN_WORDS = re.compile(r"[^\w\s\x00-\x7f\u0900-\u0dff]+")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_SPACES = bytes(code if code > 127 or chr(code).isalnum() else 32 for code in range(256))


def wording(text: str) -> str:
    """A text without case, links, mentions, keycaps and the sign of a repost."""
    lowered = text.casefold()
    if lowered.startswith("rt @"):
        lowered = lowered[3:]
    if "/" in lowered or "www." in lowered:
        lowered = _LINK.sub(" ", lowered)
        if _PATH_OF_A_HOST.search(lowered):
            lowered = _LINK_WITHOUT_SCHEME.sub(" ", lowered)
    if "@" in lowered:
        lowered = _MENTION.sub(" ", lowered)
    if not lowered.isascii() and "\u20e3" in lowered:
        lowered = _KEYCAP.sub("", lowered)
    return lowered


def words_of(worded: str) -> list[bytes]:
    """The words of a wording in UTF-8, in order, without hashtags.

    In scripts without spaces between words (Chinese, Japanese, Thai, Lao, Burmese, Khmer) each character is a word.
    """
    if not worded.isascii():
        worded = _BETWEEN_WORDS.sub(" ", worded.replace("’", "'"))
        if _UNSPACED.search(worded):
            worded = _UNSPACED.sub(r" \g<0> ", worded)
    data = worded.encode("utf-8", "surrogatepass")
    if b"#" in data:
        data = _TAG.sub(b" ", data)
    return data.translate(_SPACES, b"'").split()
