"""The file of weights of the sentiment table: reading and writing.

After a first line that names the format comes one zlib stream: a line of JSON that describes the rest, then by section
the texts, one a line, and their weights as signed bytes, two a text: towards negative and towards positive, both
against neutral. A pair of words is kept as two little-endian 32-bit places in the list of words. A section's step is
what one unit of its bytes is worth.
"""

from __future__ import annotations

import json
import sys
import zlib
from array import array
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

_FORMAT = b"monitor sentiment weights 1\n"
_LARGEST = 64 * 1024 * 1024

Weight = tuple[float, float]
"""Added to the logarithms of the odds of negative and of positive, both against neutral."""


class Weights(NamedTuple):
    """All that the table knows."""

    about: Mapping[str, str]
    """What it was made from, under which terms, and how it is named (`name`)."""
    bias: Weight
    words: Mapping[str, Weight]
    pairs: Mapping[tuple[str, str], Weight]
    """Of two words that follow one another."""
    negated: Mapping[str, Weight]
    """Of a word in reach of a negator, besides its own weight."""


def write_weights(weights: Weights) -> bytes:
    """The content of a file; each section is rounded to 255 steps.

    Raises:
        ValueError: a pair holds a word that is not among the words.
    """
    words = sorted(weights.words)
    place = {word: index for index, word in enumerate(words)}
    try:
        pairs = sorted((place[first], place[second]) for first, second in weights.pairs)
    except KeyError as error:
        raise ValueError(f"a pair holds the unknown word {error}") from None
    header: dict[str, Any] = {"about": dict(weights.about), "bias": list(weights.bias), "sections": {}}
    body = []
    for name, section in (("words", weights.words), ("negated", weights.negated)):
        texts = sorted(section)
        block = "\n".join(texts).encode()
        step, steps = _rounded([section[text] for text in texts])
        header["sections"][name] = {"texts": len(texts), "bytes": len(block), "step": step}
        body += [block, steps]
    step, steps = _rounded([weights.pairs[words[first], words[second]] for first, second in pairs])
    header["sections"]["pairs"] = {"texts": len(pairs), "step": step}
    body += [_little(array("i", [first for first, _ in pairs])), _little(array("i", [second for _, second in pairs]))]
    content = json.dumps(header, sort_keys=True, ensure_ascii=False).encode() + b"\n" + b"".join([*body, steps])
    return _FORMAT + zlib.compress(content, 9)


def read_weights(data: bytes) -> Weights:
    """The weights in the content of a file.

    Raises:
        ValueError: it is no such file, or it is damaged.
    """
    if not data.startswith(_FORMAT):
        raise ValueError("not a file of sentiment weights")
    try:
        return _read(_Reader(zlib.decompressobj().decompress(data[len(_FORMAT) :], _LARGEST)))
    except (zlib.error, KeyError, TypeError, IndexError, UnicodeDecodeError, ValueError) as error:
        raise ValueError(f"a damaged file of sentiment weights: {error}") from error


class _Reader:
    def __init__(self, content: bytes) -> None:
        line, _, self._rest = content.partition(b"\n")
        self.header: dict[str, Any] = json.loads(line)
        self._at = 0

    def take(self, size: int) -> bytes:
        block = self._rest[self._at : self._at + size]
        if size < 0 or len(block) != size:
            raise ValueError("it ends too early")
        self._at += size
        return block

    def texts(self, name: str) -> list[str]:
        section = self.header["sections"][name]
        texts = self.take(section["bytes"]).decode().split("\n") if section["texts"] else []
        if len(texts) != section["texts"]:
            raise ValueError(f"{name}: {len(texts)} texts instead of {section['texts']}")
        return texts

    def weights(self, name: str) -> list[Weight]:
        section = self.header["sections"][name]
        steps = array("b", self.take(2 * section["texts"]))
        step = float(section["step"])
        return [(step * negative, step * positive) for negative, positive in zip(steps[::2], steps[1::2], strict=True)]

    def places(self, count: int) -> array[int]:
        places = array("i", self.take(4 * count))
        if sys.byteorder == "big":
            places.byteswap()
        return places


def _read(reader: _Reader) -> Weights:
    words = reader.texts("words")
    of_words = dict(zip(words, reader.weights("words"), strict=True))
    negated = dict(zip(reader.texts("negated"), reader.weights("negated"), strict=True))
    count = reader.header["sections"]["pairs"]["texts"]
    first, second = reader.places(count), reader.places(count)
    if count and min(min(first), min(second)) < 0:
        raise ValueError("a pair of no words")
    keys = [(words[one], words[other]) for one, other in zip(first, second, strict=True)]
    pairs = dict(zip(keys, reader.weights("pairs"), strict=True))
    negative, positive = reader.header["bias"]
    about = {str(key): str(value) for key, value in reader.header["about"].items()}
    return Weights(about, (float(negative), float(positive)), of_words, pairs, negated)


def _rounded(weights: Sequence[Weight]) -> tuple[float, bytes]:
    largest = max((abs(value) for weight in weights for value in weight), default=0.0)
    step = largest / 127 or 1.0
    return step, array("b", [round(value / step) for weight in weights for value in weight]).tobytes()


def _little(places: array[int]) -> bytes:
    if sys.byteorder == "big":
        places = places[:]
        places.byteswap()
    return places.tobytes()
