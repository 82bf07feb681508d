"""The words of a text as the sentiment table knows them.

The trainer and the scorer both split texts with these functions, so that a weight means the same to both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape

_TOKEN = re.compile(r"[@#\w][\w']*|[^\w\s@#]+")
# The same for small letters in ASCII, which is read much faster where the characters are listed.
_small_tokens_in_ascii = re.compile(r"[@#0-9a-z_][0-9a-z_']*|[^@#0-9a-z_\t-\r\x1c-\x1f ]+").findall
_LINK = re.compile(r"\w+://\S+")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_DRAWN_OUT = re.compile(r"(.)\1{2,}")
_DOUBLED = re.compile(r"(.)\1+")

_PLAIN_NEGATORS = "not no never cannot nothing nobody none neither nor without hardly barely"
_WITHOUT_APOSTROPHE = "cant dont doesnt didnt isnt wasnt arent wont wouldnt couldnt shouldnt havent hasnt hadnt aint"
NEGATORS = frozenset(f"{_PLAIN_NEGATORS} {_WITHOUT_APOSTROPHE}".split())
NEGATION_REACH = 4
"""How many words after a negator are in its reach, unless punctuation ends it."""
MENTION = "@"
NUMBER = "0"


def tokens_of(text: str) -> list[str]:
    """Words, hashtags and mentions, and runs of other signs, as they are written; links are left out.

    Some files of posts carry apostrophes and other signs as JSON or HTML escapes; these are read as what they mean.
    """
    return _TOKEN.findall(readable(text))


def small_tokens_of(text: str) -> list[str]:
    """The same in small letters, quicker; rare letters that do not get smaller on their own leave a text as it is."""
    if "&" in text or "’" in text or "://" in text or "\\u" in text:
        text = readable(text)
    return _small_tokens_in_ascii(text.lower()) if text.isascii() else _TOKEN.findall(_small(text))


def _small(text: str) -> str:
    """In small letters, unless there is a letter that becomes two or one that minds its neighbours."""
    small = text.lower()
    return small if len(small) == len(text) and "Σ" not in text else text


def readable(text: str) -> str:
    """The text without links and escapes, and with plain apostrophes."""
    if "\\u" in text:
        text = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)
    if "&" in text:
        text = unescape(text)
    if "’" in text:
        text = text.replace("’", "'")
    if "://" in text:
        text = _LINK.sub(" ", text)
    return text


def word_of(token: str) -> str:
    """What a token is looked up as: in small letters, a letter at most twice in a row; mentions and numbers are one."""
    word = token.lower()
    first = word[0]
    if first == "@" and len(word) > 1:
        return MENTION
    if first.isdigit():
        return NUMBER
    if word[-1] == "'":
        word = word.rstrip("'") or word
    return _DRAWN_OUT.sub(r"\1\1", word) if _DOUBLED.search(word) else word


def other_forms(word: str) -> list[str]:
    """What an unknown word may be a form of: without hashtag, without ending, and not drawn out ("loove")."""
    forms = []
    if word[0] == "#":
        word = word.lstrip("#")
        forms.append(word)
    if word.endswith("'s"):
        forms.append(word[:-2])
    doubled = list(_DOUBLED.finditer(word))
    forms += [word[: run.start() + 1] + word[run.end() :] for run in doubled]
    if len(doubled) > 1:
        forms.append(_DOUBLED.sub(r"\1", word))
    return forms


def has_doubles(word: str) -> bool:
    """Whether a letter follows itself."""
    return _DOUBLED.search(word) is not None


def is_negator(word: str) -> bool:
    """Whether the words that follow mean the opposite."""
    return word in NEGATORS or word.endswith("n't")


def is_spoken(word: str) -> bool:
    """Whether it is a word, a hashtag or a mention, and not a run of other signs."""
    return word[0].isalnum() or word[0] in "#@_"


def negated(words: Sequence[str], negators: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The places of the words in reach of a negator, each after the place of the last negator before it.

    Args:
        words: as written or as looked up.
        negators: the places of those that are negators, in order.
    """
    for negator, following in zip(negators, [*negators[1:], len(words)], strict=False):
        for place in range(negator + 1, min(negator + NEGATION_REACH, following, len(words) - 1) + 1):
            if not is_spoken(words[place]):
                break
            yield negator, place
