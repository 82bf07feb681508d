"""Asking a model from where no event loop runs."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from monitor.models.nouns import ModelError, Question, Reply
from monitor.models.opening import open_model

if TYPE_CHECKING:
    from monitor.config import Config


def ask_all(config: Config, store: os.PathLike[str] | str, questions: Sequence[Question]) -> list[Reply | ModelError]:
    """Ask questions one after the other; for each its answer, or why there is none.

    After a trouble that the others would meet as well (no key, a ceiling, no connection) the rest is not asked.

    Raises:
        ModelError: the model cannot be asked at all.
        StoreError: the store cannot be written.
    """
    return asyncio.run(_ask_all(config, store, questions))


async def _ask_all(
    config: Config, store: os.PathLike[str] | str, questions: Sequence[Question]
) -> list[Reply | ModelError]:
    answers: list[Reply | ModelError] = []
    async with open_model(config, store) as model:
        for question in questions:
            try:
                answers.append(await model.ask(question))
            except ModelError as error:
                answers.append(error)
                if error.kind in ("configuration", "budget", "unreachable"):
                    answers += [error] * (len(questions) - len(answers))
                    break
    return answers
