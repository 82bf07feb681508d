"""What a language model is asked for and answers, and holding it against what it was given, claim by claim.

A claim may hold phrases of ours word for word, quotations of posts word for word, and plain words between them (see
`monitor.stories.plain_words`). Anything else is a mistake: a number, a name, a comparison, a cause, a denial can only
be said by a phrase or a quotation. So a claim without a mistake says nothing that was not known before it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from monitor.models.schemas import a_list, a_text, an_object
from monitor.records import StoredPost
from monitor.stories.phrases import Phrase
from monitor.stories.plain_words import others, words_of
from monitor.stories.sources_named import sources_in
from monitor.stories.wording import SOURCE_NAMES
from monitor.text.clean import clean_line

SCHEMA = an_object(
    title=a_text("the headline"),
    dek=a_text("one sentence below the headline"),
    paragraphs=a_list(
        an_object(
            claims=a_list(
                an_object(
                    text=a_text("one sentence"),
                    figures=a_list(a_text("id of a figure whose phrase stands in the sentence")),
                    posts=a_list(a_text("id of a post that the sentence quotes")),
                )
            )
        )
    ),
)
FEWEST_QUOTED_WORDS = 4
LONGEST_CLAIM = 600
LONGEST_TITLE, LONGEST_DEK = 120, 240

_QUOTED = re.compile(r"“([^“”]*)”")
_STRAIGHT = re.compile(r'"([^"\n]*)"')
_MARKS = re.compile(r"[{}\[\]<>|`*_#\\^~=@/]|https?:|www\.")
_DIGIT = re.compile(r"\d")


class Claim(NamedTuple):
    """A sentence of a model's, with what it says that it rests on."""

    text: str
    """With curly marks around what it quotes."""
    figures: tuple[str, ...]
    posts: tuple[str, ...]


class Answer(NamedTuple):
    """A model's draft."""

    title: str
    dek: str
    paragraphs: tuple[tuple[Claim, ...], ...]


class Material(NamedTuple):
    """What the model was given."""

    beat: str
    """Its name."""
    phrases: Mapping[str, Phrase]
    posts: Mapping[str, StoredPost]


class Mistake(NamedTuple):
    """A claim that may not stand, and why."""

    text: str
    reason: str


def read_answer(data: Mapping[str, Any]) -> Answer:
    """An answer of `SCHEMA`, cleaned like any text from outside."""
    return Answer(
        _line(data["title"]),
        _line(data["dek"]),
        tuple(
            tuple(
                Claim(_line(each["text"]), tuple(dict.fromkeys(each["figures"])), tuple(dict.fromkeys(each["posts"])))
                for each in paragraph["claims"]
            )
            for paragraph in data["paragraphs"]
        ),
    )


def _line(text: str) -> str:
    return _STRAIGHT.sub(r"“\1”", clean_line(text))


def heading_mistakes(answer: Answer, material: Material) -> list[Mistake]:
    """What is wrong with title and dek, which quote nothing and may use every phrase."""
    found = []
    for text, longest in ((answer.title, LONGEST_TITLE), (answer.dek, LONGEST_DEK)):
        claim = Claim(text, tuple(material.phrases), ())
        reasons = list(_reasons(claim, material, needs_ids=False))
        if "“" in text:
            reasons.append("title and dek quote nothing")
        if len(text) > longest:
            reasons.append(f"it is longer than {longest} characters")
        found += [Mistake(text, "; ".join(reasons))] if reasons else []
    return found


def claim_mistake(claim: Claim, material: Material) -> Mistake | None:
    """What is wrong with a claim; None where nothing is."""
    reasons = list(_reasons(claim, material, needs_ids=True))
    return Mistake(claim.text, "; ".join(reasons)) if reasons else None


def _reasons(claim: Claim, material: Material, *, needs_ids: bool) -> Iterator[str]:
    unknown = [each for each in claim.figures if each not in material.phrases]
    unknown += [each for each in claim.posts if each not in material.posts]
    if unknown:
        yield f"it names {', '.join(each[:20] for each in unknown[:3])}, which was not given"
    if not claim.text:
        yield "it is empty"
    if len(claim.text) > LONGEST_CLAIM:
        yield f"it is longer than {LONGEST_CLAIM} characters"
    rest, used = claim.text, 0
    for phrase in sorted((material.phrases[each] for each in claim.figures if each in material.phrases), key=_length):
        pattern = re.compile(rf"(?<!\w){re.escape(phrase.words)}(?!\w)", re.IGNORECASE)
        rest, times = pattern.subn(" ", rest)
        used += times
        if needs_ids and not times:
            yield f'it names {phrase.id} and does not have its phrase word for word: "{phrase.words}"'
    quotations = _QUOTED.findall(rest)
    for quoted in quotations:
        yield from _quotation_reasons(quoted, claim, material)
    for each in claim.posts:
        if each in material.posts and not any(_says(material.posts[each], quoted) for quoted in quotations):
            yield f"it names {each} and quotes nothing of it"
    rest = _QUOTED.sub(" ", rest)
    if needs_ids and not used and not claim.posts:
        yield "it rests on no figure and no post"
    yield from _rest_reasons(rest, material)
    told = {material.posts[each].post.source for each in claim.posts if each in material.posts}
    wrong = [SOURCE_NAMES[slug] for slug in sources_in(rest) if slug not in told]
    if wrong:
        yield f"it speaks of {', '.join(wrong)}, where no post that it quotes is from"


def _length(phrase: Phrase) -> int:
    return -len(phrase.words)


def _quotation_reasons(quoted: str, claim: Claim, material: Material) -> Iterator[str]:
    if len(quoted.split()) < FEWEST_QUOTED_WORDS:
        yield f"a quotation has at least {FEWEST_QUOTED_WORDS} words"
    elif not any(_says(material.posts[each], quoted) for each in claim.posts if each in material.posts):
        yield "no post that it names has the quoted words, letter for letter"


def _says(post: StoredPost, quoted: str) -> bool:
    return bool(quoted) and re.search(rf"(?<!\w){re.escape(quoted)}(?!\w)", clean_line(post.post.text)) is not None


def _rest_reasons(rest: str, material: Material) -> Iterator[str]:
    """What stands neither in a phrase nor in a quotation."""
    if _MARKS.search(rest) or "“" in rest or "”" in rest or '"' in rest:
        yield "it has marks or addresses in it"
    if _DIGIT.search(rest):
        yield "it has a number outside of the phrases and quotations"
    names = words_of(" ".join((material.beat, *SOURCE_NAMES.values())))
    strange = others(rest, names)
    if strange:
        yield f"it says what no phrase and no quotation says: {', '.join(strange[:8])}"


def footnoted(claims: Sequence[Claim], numbers: dict[str, int]) -> str:
    """Claims as a paragraph, with a mark for each post; `numbers` of the posts grow."""
    from monitor.stories import markup

    parts = []
    for claim in claims:
        marks = [markup.footnote(numbers.setdefault(each, len(numbers) + 1)) for each in claim.posts]
        text = claim.text[0].upper() + claim.text[1:]
        ending = "" if text.endswith((".", "!", "?", ".”", "!”", "?”")) else "."
        parts.append(text + ending + "".join(marks))
    return " ".join(parts)
