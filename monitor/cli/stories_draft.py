"""Drafting stories: written by rules or by a model, held against the store, stored, and printed."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from monitor.cli import output
from monitor.cli.context import Context, now
from monitor.cli.errors import DONE, FAILED, CommandError, UsageError
from monitor.cli.stories_export import put_out
from monitor.instants import DAY

if TYPE_CHECKING:
    from monitor.nouns.stories import Story
    from monitor.stories.drafter import Drafter
    from monitor.stories.drafts import Manifests
    from monitor.stories.model_drafting import Outcome


class _Failed(NamedTuple):
    """A beat that has no draft, and why."""

    beat: str
    reason: str


def draft(context: Context, options: Namespace) -> int:
    """Draft one beat, or all.

    Raises:
        CommandError: the one draft cannot be written, or the store or a file cannot.
        UsageError: options that do not go together.
    """
    _check(options)
    if options.all:
        return _draft_all(context, options)
    (slug,) = context.beat_slugs(options.names)
    made = list(_drafts(context, options, [slug]))
    for each in made:
        if isinstance(each, _Failed):
            raise CommandError(each.reason)
    stories = [each for each in made if not isinstance(each, _Failed)]
    if options.output:
        put_out(context, stories, _form(options), options.output)
    if stories and (options.print or not options.output):
        put_out(context, stories, _form(options), None)
    return DONE


def _check(options: Namespace) -> None:
    if options.all == bool(options.names):
        raise UsageError("stories draft takes a beat, or --all")
    if len(options.names) > 1:
        raise UsageError("stories draft takes one beat; --all drafts every one")
    if options.all and options.output:
        raise UsageError("--output takes one story; with --all, `monitor stories show SLUG -o FILE` writes each")
    if options.json and options.format not in (None, "json"):
        raise UsageError("--json and --format say different things")


def _form(options: Namespace) -> str | None:
    return "json" if options.json else options.format


def _draft_all(context: Context, options: Namespace) -> int:
    """Every beat; quiet where there is nothing to write. One process at a time, as another would write the same."""
    from monitor.stories.json_form import card_tree

    beats = [beat.slug for beat in context.config.beats.beats]
    made: list[Story] = []
    failed = 0
    with _turn(context) as is_ours:
        for each in _drafts(context, options, beats if is_ours else []):
            if isinstance(each, _Failed):
                failed += 1
                output.tell(f"monitor: {each.beat}: {each.reason}")
                continue
            made.append(each)
            if options.print:
                put_out(context, [each], _form(options), None)
            elif not options.json:
                output.write(f"{each.card.slug}  {each.card.significance}  {each.card.title}\n")
    if options.json and not options.print:
        output.write_json([card_tree(story.card) for story in made])
    return FAILED if failed else DONE


@contextmanager
def _turn(context: Context) -> Iterator[bool]:
    """Whether it is this process that drafts. The lease of the fetcher is another, so that both work side by side."""
    from monitor.fetching.lease import Lease, LeaseError

    if not context.store.parent.is_dir():
        yield True
        return
    lease = Lease(context.store.with_name(context.store.name + "-drafts"))
    try:
        is_ours = lease.try_acquire("monitor stories draft")
    except LeaseError as error:
        raise CommandError(str(error)) from error
    try:
        yield is_ours
    finally:
        lease.release()


def _drafts(context: Context, options: Namespace, beats: Sequence[str]) -> Iterator[Story | _Failed]:
    """The drafts of beats, each stored as soon as it is written."""
    from monitor.store.reader import open_reader
    from monitor.stories.drafter import Drafter
    from monitor.stories.drafts import DraftError, news_of

    at = now()
    moment = at if options.as_of is None else options.as_of
    with open_reader(context.store) as reader:
        drafter = Drafter(context.config, reader, moment, at)
        signals = reader.signals(moment - DAY, moment)
        for slug in beats:
            known = reader.draft_manifests(slug)
            if options.if_signal and not news_of(signals, slug, known):
                continue
            if options.all and not options.if_signal and not drafter.has_anything(slug):
                continue
            try:
                story = (
                    _by_model(context, drafter, slug, known) if options.by == "model" else drafter.by_rules(slug, known)
                )
            except DraftError as error:
                yield _Failed(slug, str(error))
                continue
            if not options.dry_run:
                _store(context, story, at)
            yield story


def _by_model(context: Context, drafter: Drafter, slug: str, known: Manifests) -> Story:
    """Ask the model of the configuration.

    Raises:
        CommandError: it cannot be asked, or did not answer.
        DraftError: too little of what it wrote is borne out.
    """
    import asyncio

    from monitor.models import ModelError, open_model
    from monitor.stories.drafts import DraftError

    async def ask() -> Outcome:
        async with open_model(context.config, context.store) as model:
            return await drafter.by_model(model, slug, known)

    try:
        outcome = asyncio.run(ask())
    except ModelError as error:
        if error.kind in ("configuration", "budget", "unreachable"):
            raise CommandError(str(error)) from error
        raise DraftError(str(error)) from error
    for mistake in outcome.cut:
        output.tell(f"monitor: cut: {mistake.text}: {mistake.reason}")
    output.tell(f"monitor: {outcome.model} wrote {slug}, {outcome.tokens:,} tokens")
    return outcome.story


def _store(context: Context, story: Story, at: int) -> None:
    from monitor.store.writer import Writer

    with Writer(context.store) as writer:
        writer.put_stories([story], at)
