"""Search and list posts, newest first."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import TYPE_CHECKING

from monitor.cli import output
from monitor.cli.arguments import add_json, instant, positive
from monitor.cli.context import Context, known_names, now, output_width
from monitor.cli.errors import DONE, UsageError
from monitor.instants import parse_span, render

if TYPE_CHECKING:
    from monitor.records import Probabilities, StoredPost
    from monitor.store.reader import Reader

EXAMPLES = """\
  monitor posts "open weights" --beat open-source-ai --since 24h
  monitor posts --entity hugging-face --since 7d
  monitor posts --source bluesky --sentiment negative --limit 200 --json
  monitor posts --since 2026-11-01 --until 2026-11-08 --limit 100000 --csv > week.csv
"""

COLUMNS = (
    *("source", "native_id", "text", "published_at", "title", "url", "author", "author_name", "lang", "collected_at"),
    *("likes", "reposts", "replies", "quotes", "views", "beats", "sentiment", "cluster", "deleted"),
)


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("query", nargs="?", default="", help="words, or a query in the syntax of SQLite's FTS5")
    parser.add_argument("--beat", action="append", default=[], metavar="SLUG", help="of this beat; repeatable")
    parser.add_argument("--source", action="append", default=[], metavar="SLUG", help="of this source; repeatable")
    parser.add_argument("--entity", action="append", default=[], metavar="SLUG", help="that name this; repeatable: all")
    parser.add_argument("--since", type=since, metavar="TIME", help="from then on: a time, or a length such as 24h")
    parser.add_argument("--until", type=since, metavar="TIME", help="before then")
    parser.add_argument("--sentiment", choices=("positive", "neutral", "negative"), help="scored as such")
    parser.add_argument("--limit", type=positive, default=50, metavar="N", help="at most so many; default: 50")
    forms = parser.add_mutually_exclusive_group()
    add_json(forms, "JSON Lines")  # type: ignore[arg-type]
    forms.add_argument("--csv", action="store_true", help="write CSV")


def run(context: Context, options: Namespace) -> int:
    from monitor.store.reader import open_reader

    with open_reader(context.store) as reader:
        posts = _find(reader, context, options)
    if options.csv:
        _write_csv(posts)
    elif options.json:
        for post in posts:
            output.write_json(post_tree(post))
    else:
        _write_lines(posts)
    return DONE


def post_tree(stored: StoredPost) -> dict[str, object]:
    """A post with the keys that an import takes, and what was read from it."""
    post = stored.post
    return {
        "source": post.source,
        "native_id": post.native_id,
        "text": None if stored.deleted else post.text,
        "published_at": render(post.published_at),
        "title": post.title,
        "url": post.url,
        "author": post.author,
        "author_name": post.author_name,
        "lang": post.lang,
        "collected_at": render(post.collected_at),
        **post.engagement._asdict(),
        "beats": list(stored.beats),
        "sentiment": sentiment_tree(stored.probabilities),
        "cluster": stored.cluster,
        "deleted": stored.deleted,
    }


def sentiment_tree(probabilities: Probabilities | None) -> dict[str, object]:
    """What the scorer said of a text; all null where it was not asked."""
    if probabilities is None:
        return {"scored": False, "label": None, "negative": None, "neutral": None, "positive": None}
    from monitor.text.sentiment import label_of

    negative, neutral, positive = (round(probability, 4) for probability in probabilities)
    label = label_of(probabilities)
    return {"scored": True, "label": label, "negative": negative, "neutral": neutral, "positive": positive}


def since(text: str) -> int:
    """A time, or a length of time before now."""
    try:
        return now() - parse_span(text)
    except ValueError:
        pass
    try:
        return instant(text)
    except ArgumentTypeError as error:
        raise ArgumentTypeError(f"{error}, or a length such as 24h") from error


def _find(reader: Reader, context: Context, options: Namespace) -> tuple[StoredPost, ...]:
    from monitor.records import SOURCES, PostQuery

    beats = known_names("beat", options.beat, [*(beat.slug for beat in context.config.beats.beats), *reader.beats()])
    known = [*(source.slug for source in SOURCES), *(row.slug for row in reader.sources(now()))]
    sources = known_names("source", options.source, known)
    if options.since is not None and options.until is not None and options.since >= options.until:
        raise UsageError("--since is not before --until")
    query = PostQuery(options.query, beats, sources, options.since, options.until, options.sentiment, options.limit)
    if not options.entity:
        return reader.posts(query)
    from monitor.cli.entities import finder_of, posts_naming

    finder = finder_of(context)
    return posts_naming(reader, finder, known_names("entity", options.entity, finder.entities), query)


def _write_csv(posts: tuple[StoredPost, ...]) -> None:
    import csv
    from io import StringIO

    text = StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for stored in posts:
        tree = post_tree(stored)
        label = sentiment_tree(stored.probabilities)["label"]
        writer.writerow(
            tree | {"beats": " ".join(stored.beats), "sentiment": label, "deleted": str(stored.deleted).lower()}
        )
    output.write(text.getvalue())


def _write_lines(posts: tuple[StoredPost, ...]) -> None:
    from monitor.report.columns import cut

    width = output_width()
    for stored in posts:
        line = output.cleaned(post_line(stored)).replace("\n", " ")
        output.write_line(cut(line, width) if sys.stdout.isatty() else line)
    if not posts:
        output.tell("no posts")


def post_line(stored: StoredPost) -> str:
    """A post in one line: when, where, by whom, in what mood, in which beats, and what it says."""
    from monitor.records import SOURCES
    from monitor.report.words import moment

    post = stored.post
    name = {source.slug: source.name for source in SOURCES}.get(post.source, post.source)
    text = "(deleted)" if stored.deleted else ": ".join(filter(None, (post.title, post.text)))
    mood = str(sentiment_tree(stored.probabilities)["label"] or "unscored")
    author = post.author_name or post.author or ""
    about = ", ".join(filter(None, (name, author, mood, *stored.beats)))
    return f"{moment(stored.at)}  {about}: {text}"
