"""Asking a language model for the moods of stored posts, before they are scored again by what it said."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from monitor.cli.context import Context
from monitor.cli.errors import CommandError

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.models.moods import KeptMoods
    from monitor.models.nouns import ModelError

READ = 5000
"""Posts that are read from the store at once."""


class Asked(NamedTuple):
    """What came of asking."""

    scorer: KeptMoods
    """What is known of moods now; it leaves other texts unscored."""
    asked: int
    """Texts whose mood is known now and was not before."""
    left: int
    """Texts whose mood is still unknown."""
    why: str
    """Why some are left, as a sentence; empty where there is nothing to say."""


def ask_for_moods(context: Context) -> Asked:
    """Ask the configured model for all English texts of the store that it was not asked for, the newest first.

    Raises:
        CommandError: no model can be asked at all.
    """
    from monitor.models import ModelError
    from monitor.models.moods import KeptMoods
    from monitor.paths import cache_directory

    model = context.config.model
    if model is None:
        raise CommandError('the scorer "model" needs a language model: the table [model] names none')
    kept = KeptMoods(cache_directory() / "moods", model.name)
    texts = _unknown(context, kept)
    if not texts:
        return Asked(kept, 0, 0, "")
    try:
        trouble = asyncio.run(_ask(context.config, context, texts, kept))
    except ModelError as error:
        raise CommandError(str(error)) from error
    left = sum(not kept.knows(text) for text in texts)
    if trouble is not None and trouble.kind == "configuration":
        raise CommandError(str(trouble))
    return Asked(kept, len(texts) - left, left, "" if trouble is None else str(trouble))


async def _ask(config: Config, context: Context, texts: list[str], kept: KeptMoods) -> ModelError | None:
    from monitor.cli.progress import Progress
    from monitor.models import open_model
    from monitor.models.moods import ask_moods

    with Progress("texts asked for") as progress:
        async with open_model(config, context.store) as model:
            return await ask_moods(model, texts, kept, progress.show)


def _unknown(context: Context, kept: KeptMoods) -> list[str]:
    """The texts that were not asked for, each once, the newest first."""
    from monitor.cli.rescore import text_of
    from monitor.store.reader import open_reader
    from monitor.text.language import is_english

    texts: dict[str, None] = {}
    last = 0
    with open_reader(context.store) as reader:
        while words := reader.words_after(last, READ):
            for each in words:
                text = text_of(each)
                if text and is_english(each.lang) and not kept.knows(text):
                    texts.pop(text, None)
                    texts[text] = None
            last = words[-1].id
    return list(reversed(texts))
