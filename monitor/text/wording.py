"""The wording of a text: what of it stays the same when people paste it, its letters, and its words."""

from __future__ import annotations

import re

_WITHIN_A_LINK = r"[^\s<>\"“”「」（）\u3000-\u30ff\u4e00-\u9fff]"
_LINK = re.compile(rf"https?://{_WITHIN_A_LINK}+|www\.{_WITHIN_A_LINK}+")
_PATH_OF_A_HOST = re.compile(r"\.[a-z]{2,24}/")
_LINK_WITHOUT_SCHEME = re.compile(rf"(?<![\w.@-])[a-z0-9-]+(?:\.[a-z0-9-]+)+/{_WITHIN_A_LINK}*")
_MENTION = re.compile(r"@(?<!\w@)\w[\w.-]*(?:@[\w.-]+)?")
_KEYCAP = re.compile("[0-9#*]\ufe0f?\u20e3")

_APOSTROPHE = "’".encode()
_SIGNS = re.compile(
    rb"\xe2(?:\x80[\x80-\xbf]|[\x98-\x9b][\x80-\xbf]|\x9d\xa4)|\xf0\x9f[\x8c-\xab][\x80-\xbf]|\xef\xb8[\x80-\x8f]"
)
"""The commonest signs that are of no word (U+2000-203F, U+2600-26FF, hearts, emoji, variation selectors), in UTF-8."""

# A tag has a letter: "#2" says which one of several it is.
_TAGS = re.compile(rb"[^\w\x80-\xff#]*(?:#[0-9]*[a-z_\x80-\xff][\w\x80-\xff]*[^\w\x80-\xff#]*)*").fullmatch
# The vowel signs of the Indic scripts are of no word to Python's \w, and would cut words into pieces.
_BETWEEN_WORDS = re.compile(r"[^\w\x00-\x7f\u0900-\u0dff]+")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_SPACES = bytes(code if code > 127 or chr(code).isalnum() else 32 for code in range(256))
_NO_LETTERS = re.compile(r"[\W_ℹ]+")
_PUNCTUATION_AND_SPACES = bytes(code for code in range(128) if not chr(code).isalnum())


def wording(text: str) -> bytes:
    """A text in UTF-8 without case, links, mentions, keycaps, common emoji and the sign of a repost."""
    lowered = text.casefold()
    if lowered.startswith("rt @"):
        lowered = lowered[3:]
    if "/" in lowered or "www." in lowered:
        lowered = _LINK.sub(" ", lowered)
        if _PATH_OF_A_HOST.search(lowered):
            lowered = _LINK_WITHOUT_SCHEME.sub(" ", lowered)
    if "@" in lowered:
        lowered = _MENTION.sub(" ", lowered)
    if lowered.isascii():
        return lowered.encode()
    if "\u20e3" in lowered:
        lowered = _KEYCAP.sub("", lowered)
    return _SIGNS.sub(b" ", lowered.encode("utf-8", "surrogatepass").replace(_APOSTROPHE, b"'"))


def letters_of(worded: bytes) -> bytes:
    """The letters and figures of a wording, one after the other."""
    letters = worded.translate(None, _PUNCTUATION_AND_SPACES)
    if letters.isascii():
        return letters
    return _NO_LETTERS.sub("", letters.decode("utf-8", "surrogatepass")).encode("utf-8", "surrogatepass")


def words_of(worded: bytes) -> list[bytes]:
    """The words of a wording, in order, without the hashtags before and after them. One between them is a word.

    In scripts without spaces between words (Chinese, Japanese, Thai, Lao, Burmese, Khmer) each character is a word.
    """
    if not worded.isascii():
        text = _BETWEEN_WORDS.sub(" ", worded.decode("utf-8", "surrogatepass"))
        if _UNSPACED.search(text):
            text = _UNSPACED.sub(r" \g<0> ", text)
        worded = text.encode("utf-8", "surrogatepass")
    if b"#" in worded:
        worded = b" ".join(_without_tags_around(worded.split()))
    return worded.translate(_SPACES, b"'").split()


def _without_tags_around(parts: list[bytes]) -> list[bytes]:
    start, end = 0, len(parts)
    while end > start and _TAGS(parts[end - 1]):
        end -= 1
    while start < end and _TAGS(parts[start]):
        start += 1
    return parts[start:end]
