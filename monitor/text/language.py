"""Which language a text is in: what its source declares, or else a careful guess.

The guess is py3langid's (BSD licence), a naive Bayes model over byte n-grams that comes with its package and needs no
network. https://github.com/adbar/py3langid
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# Asked about all of its 139 languages, the model loses short posts to small relatives of large languages.
_LANGUAGES = """
    af am ar az be bg bn bs ca cs cy da de el en eo es et eu fa fi fr ga gl gu he hi hr hu hy id is it ja ka kk km
    kn ko lt lv mk ml mn mr ms my ne nl no pa pl ps pt ro ru si sk sl so sq sr sv sw ta te th tl tr uk ur uz vi zh
""".split()  # noqa: SIM905

_SURE = 0.7
_FEWEST_LETTERS = 4
_REACH = 2_000
_NOT_LANGUAGE = re.compile(r"(?:https?://|www\.)\S+|[@#]\w[\w.@-]*|\d+")
_TAG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})*")

# ISO 639-2/T and older codes that sources are known to send, by the primary tag that BCP 47 has for them.
_SHORT_TAGS = {
    "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "por": "pt", "ita": "it",
    "nld": "nl", "dut": "nl", "jpn": "ja", "zho": "zh", "chi": "zh", "kor": "ko", "rus": "ru", "ara": "ar",
    "hin": "hi", "pol": "pl", "tur": "tr", "ukr": "uk", "swe": "sv", "iw": "he", "in": "id", "ji": "yi", "jp": "ja",
    "cn": "zh", "nb": "no", "nn": "no",
}  # fmt: skip

# Tags that say that there is no language or that it is not known, those of X included.
_NO_LANGUAGE = frozenset(("und", "zxx", "mul", "mis", "qam", "qct", "qht", "qme", "qst", "art"))

_NAMES = {
    "english": "en", "german": "de", "deutsch": "de", "french": "fr", "spanish": "es", "portuguese": "pt",
    "italian": "it", "dutch": "nl", "japanese": "ja", "chinese": "zh", "korean": "ko", "russian": "ru",
    "arabic": "ar", "hindi": "hi", "polish": "pl", "turkish": "tr", "ukrainian": "uk", "swedish": "sv",
}  # fmt: skip


def normalise_tag(tag: str | None) -> str | None:
    """The language tag that a source declares as BCP 47 spells it, such as `en-GB`; None where it says nothing.

    Underscores, odd capitals, three-letter codes and English names of the large languages are put right.
    """
    if tag is None:
        return None
    lowered = tag.strip().lower().replace("_", "-")
    lowered = _NAMES.get(lowered, lowered)
    if not _TAG.fullmatch(lowered):
        return None
    primary, *rest = lowered.split("-")
    if primary in _NO_LANGUAGE:
        return None
    return "-".join((_SHORT_TAGS.get(primary, primary), *(_subtag(part) for part in rest)))


def _subtag(part: str) -> str:
    """Regions in capitals, scripts with one, the rest small."""
    if len(part) == 2:
        return part.upper()
    return part.title() if len(part) == 4 and part.isalpha() else part


def is_english(lang: str | None) -> bool:
    """Whether a tag is English of any kind."""
    return lang is not None and (lang == "en" or lang[:3].lower() in ("en-", "en_") or lang.lower() in ("en", "eng"))


def detect(text: str) -> str | None:
    """The primary tag of the language of a text; None where the text is short or the guess is not at least 70 % sure.

    Links, mentions, hashtags and digits are left aside, and of a long text the beginning is read.
    """
    words = _NOT_LANGUAGE.sub(" ", text[:_REACH])
    if sum(map(str.isalpha, words)) < _FEWEST_LETTERS:
        return None
    language, probability = _classifier()(words)
    return language if probability >= _SURE else None


@cache
def _classifier() -> Callable[[str], tuple[str, float]]:
    """Text to the likeliest language and its probability. Takes about a second to load, once."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(_LANGUAGES)
    classify: Callable[[str], tuple[str, float]] = identifier.classify
    return classify
