"""A story as a page of HTML that stands alone: no script, nothing that is loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from monitor import instants
from monitor.nouns.stories import Footnote, Story
from monitor.stories import markup
from monitor.text.clean import safe_url

_STYLE = (
    "body{max-width:38rem;margin:2rem auto;padding:0 1rem;font:1.05rem/1.55 serif}"
    "header p,footer,ol{font-family:sans-serif;font-size:.85rem}.dek{font-size:1.1rem}sup a{text-decoration:none}"
)


def write(story: Story, beat: str = "") -> str:
    """The page, with the notes as a numbered list at its end.

    Args:
        beat: the name of its beat, instead of the slug.
    """
    return "\n".join(_lines(story, beat)) + "\n"


def _lines(story: Story, beat: str) -> Iterator[str]:
    card = story.card
    title = escape(card.title)
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<article>\n<header>"
    yield f"<h1>{title}</h1>"
    if card.dek:
        yield f'<p class="dek">{escape(card.dek)}</p>'
    published = [] if card.published_at is None else [_time(card.published_at)]
    facts = [escape(each) for each in dict.fromkeys((card.category, beat or card.beat, card.significance)) if each]
    yield f"<p>{' · '.join([*facts, *published])}</p>\n</header>"
    numbers = {note.number for note in story.footnotes}
    for paragraph in markup.paragraphs(story.body):
        yield f"<p>{''.join(_piece(piece, numbers) for piece in markup.parse(paragraph))}</p>"
    if story.footnotes:
        yield "<h2>Sources</h2>\n<ol>"
        for note in story.footnotes:
            yield f'<li id="source-{note.number}" value="{note.number}">{_note(note)}</li>'
        yield "</ol>"
    if story.disclosure:
        yield f"<footer><p>{escape(story.disclosure)}</p></footer>"
    yield "</article>\n</body>\n</html>"


def _time(instant: int) -> str:
    moment = instants.render(instant)
    return f'<time datetime="{moment}">{moment}</time>'


def _piece(piece: markup.Piece, numbers: set[int]) -> str:
    if isinstance(piece, markup.Link):
        return escape(piece.label)
    if isinstance(piece, markup.Footnote):
        number = str(piece.number)
        return f'<sup><a href="#source-{number}">{number}</a></sup>' if piece.number in numbers else f"[{number}]"
    return escape(piece.source)


def _note(note: Footnote) -> str:
    url = safe_url(note.url)
    if url is None:
        return escape(note.text)
    return f'{escape(note.text)} <a href="{escape(url)}" rel="nofollow noreferrer">{escape(url)}</a>'
