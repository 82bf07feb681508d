"""One regular expression for many phrases: over a trie of them, so that a thousand cost about as much as one."""

from __future__ import annotations

import re
from collections.abc import Iterable

SEPARATORS = r"\s\-\u2010-\u2013"
"""White space and hyphens, which part the words of a phrase; also the no-break hyphen and the shorter dashes."""

SEPARATOR = " "
"""What stands for them in a phrase."""

BEFORE = " "
"""Put before a text, so that a term at its beginning stands after a character that is of no word, like any other."""

_Trie = dict[str, "_Trie"]
_END = ""


def expression_of(phrase: str) -> str:
    """An expression that matches a phrase, whatever separates its words."""
    return f"[{SEPARATORS}]+".join(re.escape(word) for word in phrase.split(SEPARATOR))


def search_of_any(phrases: Iterable[str]) -> re.Pattern[str]:
    """Matches before each place where a phrase begins as a word does; its group is the longest one there.

    The look-ahead takes nothing away, so that each place in the text is tried; that the expression begins with a
    character to be matched lets the search skip the insides of words.
    """
    return re.compile(f"\\W(?=({expression_of_any(phrases)})(?!\\w))")


def expression_of_any(phrases: Iterable[str]) -> str:
    """One expression that matches the longest of the phrases, its cost growing with the length of the match."""
    root: _Trie = {}
    for phrase in phrases:
        node = root
        for character in phrase:
            node = node.setdefault(character, {})
        node[_END] = {}
    return _node_expression(root)


def _node_expression(node: _Trie) -> str:
    firsts_of_rest: dict[str, list[str]] = {}
    alternatives = []
    for first in sorted(key for key in node if key != _END):
        tail, child = "", node[first]
        while len(child) == 1 and _END not in child:
            ((character, child),) = child.items()
            tail += character
        rest = expression_of(tail) + (_node_expression(child) if set(child) != {_END} else "")
        if first == SEPARATOR:
            alternatives.append(expression_of(first) + rest)
        else:
            firsts_of_rest.setdefault(rest, []).append(first)
    alternatives += [_character_class(firsts) + rest for rest, firsts in firsts_of_rest.items()]
    if _END in node:
        alternatives.append("")
    return alternatives[0] if len(alternatives) == 1 else f"(?:{'|'.join(alternatives)})"


def _character_class(characters: list[str]) -> str:
    escaped = "".join(re.escape(character) for character in characters)
    return escaped if len(characters) == 1 else f"[{escaped}]"
