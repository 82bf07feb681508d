"""The posts behind a story: those that its notes cite, and those that it quotes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from monitor.nouns.stories import Story
from monitor.records import StoredPost
from monitor.snapshot.building import Provenance
from monitor.store.reader import Reader
from monitor.stories.addresses import names_at

MOST_QUOTED = 12
"""Posts that are listed for quotations; a story quotes fewer."""


class Behind(NamedTuple):
    """What of a story's evidence the store has."""

    cited: Mapping[int, StoredPost]
    """The post that a note leads to, by the number of the note; a deleted one has no text. Notes that lead to nothing
    which the store has are absent."""
    quoted: tuple[StoredPost, ...]
    """Posts whose words the story quotes, each text once, without those that are cited."""


def posts_behind(reader: Reader, provenance: Provenance, story: Story, now: int) -> Behind:
    """The posts behind a story, as they are stored now.

    Raises:
        StoreError: the store cannot be read.
    """
    cited = _cited(reader, story)
    return Behind(cited, _quoted(reader, provenance, story, now, cited.values()))


def _cited(reader: Reader, story: Story) -> dict[int, StoredPost]:
    """By number in a draft of ours, by name where an address tells it, else by the address as it stands.

    The first two find deleted posts too.
    """
    numbers = {each.number: each.post_id for each in story.cited}
    stored = {post.id: post for post in reader.posts_numbered(list(numbers.values()))} if numbers else {}
    ours = {number: stored[post_id] for number, post_id in numbers.items() if post_id in stored}
    return {**_at_addresses(reader, story), **ours}


def _at_addresses(reader: Reader, story: Story) -> dict[int, StoredPost]:
    urls = {note.number: note.url for note in story.footnotes if note.url}
    named = {number: names_at(url) for number, url in urls.items()}
    known = {
        (post.post.source, post.post.native_id): post
        for post in reader.posts_named([name for names in named.values() for name in names])
    }
    cited = {
        number: known[name] for number, names in named.items() for name in reversed(names) if name in known
    }  # the likeliest name comes last, and stays
    missing = [url for number, url in urls.items() if number not in cited]
    at_address = {post.post.url: post for post in reader.posts_at_addresses(missing)} if missing else {}
    cited.update((number, at_address[url]) for number, url in urls.items() if number not in cited and url in at_address)
    return cited


def _quoted(
    reader: Reader, provenance: Provenance, story: Story, now: int, cited: Iterable[StoredPost]
) -> tuple[StoredPost, ...]:
    from monitor.stories import markup
    from monitor.stories.evidence import Evidence
    from monitor.stories.quotations import find_quotations
    from monitor.stories.quoting import QuoteChecker
    from monitor.stories.sentences import sentences

    text = markup.plain(story.body).text
    parts = sentences(text)
    quotations = [each for each in find_quotations(text, parts) if each.is_claim]
    if not quotations:
        return ()
    published = story.card.published_at
    evidence = Evidence(reader, provenance, now if published is None else min(published, now), now)
    with reader.moment():
        checker = QuoteChecker(quotations, evidence)
        found = [each.post for quotation in quotations for each in checker.found_in(quotation.sentence)]
    return _each_text_once(found, cited)[:MOST_QUOTED]


def _each_text_once(posts: Sequence[StoredPost], but: Iterable[StoredPost]) -> tuple[StoredPost, ...]:
    seen = {_text_of(post) for post in but}
    chosen: list[StoredPost] = []
    for post in posts:
        if not post.deleted and _text_of(post) not in seen:
            seen.add(_text_of(post))
            chosen.append(post)
    return tuple(chosen)


def _text_of(post: StoredPost) -> object:
    """What posts share that say the same."""
    return ("post", post.id) if post.cluster is None else ("cluster", post.cluster)
