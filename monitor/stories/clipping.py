"""A story as Markdown to be pasted elsewhere: words in place of links to our screens, and a numbered source list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from monitor import instants
from monitor.nouns.sources import SOURCES
from monitor.nouns.stories import Story
from monitor.records import StoredPost
from monitor.stories import markup
from monitor.text.clean import clean_line

LONGEST_EXCERPT = 200

_NAMES = {source.slug: source.name for source in SOURCES}


def clipping(
    story: Story, beat: str, cited: Mapping[int, StoredPost] | None = None, quoted: Sequence[StoredPost] = ()
) -> str:
    """A story as Markdown.

    Args:
        beat: the name of its beat; empty where it has none.
        cited: posts of the store that notes lead to, by number; they are named beside the note.
        quoted: further posts that the story quotes, which are listed as such.
    """
    return "\n".join(_lines(story, beat, cited or {}, quoted)).rstrip() + "\n"


def _lines(story: Story, beat: str, cited: Mapping[int, StoredPost], quoted: Sequence[StoredPost]) -> Iterator[str]:
    card = story.card
    yield f"# {card.title}"
    if card.dek:
        yield from ("", f"*{card.dek}*")
    when = None if card.published_at is None else instants.render(card.published_at)
    facts = [beat, card.category, card.significance, when, card.url]
    if any(facts):
        yield from ("", " · ".join(fact for fact in facts if fact))
    for paragraph in markup.paragraphs(_body(story.body)):
        yield from ("", paragraph)
    notes = dict.fromkeys(mark.number for mark in markup.plain(story.body).footnotes)
    known = {note.number: note for note in story.footnotes}
    if notes or known:
        yield ""
    for number in sorted(notes | dict.fromkeys(known)):
        note = known.get(number)
        told = "its file does not say what this mark points to" if note is None else note.text
        if note is not None and note.url and note.url not in told:
            told = f"{told} {note.url}".strip()
        about = f" ({_about(cited[number])})" if number in cited else ""
        yield f"[^{number}]: {told}{about}"
    if quoted:
        yield from ("", "Posts quoted:", "")
        for place, post in enumerate(quoted, start=1):
            yield f"{place}. “{_excerpt(post)}” ({_about(post)}{f', {post.post.url}' if post.post.url else ''})"
    if story.disclosure:
        yield from ("", story.disclosure)


def _body(body: str) -> str:
    return "".join(
        f"[^{piece.number}]"
        if isinstance(piece, markup.Footnote)
        else piece.label
        if isinstance(piece, markup.Link)
        else piece.source
        for piece in markup.parse(body)
    )


def _about(stored: StoredPost) -> str:
    """Who said it, where and when."""
    post = stored.post
    if stored.deleted:
        return f"{_NAMES.get(post.source, post.source)}, deleted by its author or its source"
    who = clean_line(post.author_name or post.author or "")
    parts = [who, _NAMES.get(post.source, post.source), instants.render(post.published_at)]
    return ", ".join(part for part in parts if part)


def _excerpt(stored: StoredPost) -> str:
    words = clean_line(stored.post.text or stored.post.title or "")
    return words if len(words) <= LONGEST_EXCERPT else words[: LONGEST_EXCERPT - 1].rstrip() + "…"
