"""Asking a model: counting before it is asked, reading what it says, and asking once more for what cannot be read."""

from __future__ import annotations

import json
from typing import NamedTuple, cast

from monitor.config.model import ModelSettings
from monitor.http import Answer, Client
from monitor.models import anthropic, chat_completions, ollama
from monitor.models.nouns import Heard, ModelError, Question, Reply
from monitor.models.schemas import read_json, without_thoughts
from monitor.models.trouble import explained, over_budget, refused
from monitor.models.wire import Asked, Form, Manner, complaint_of, tree_of
from monitor.sources.base import Meter, OverBudget, Secret, SourceError

FORMS: dict[str, Form] = {
    "anthropic": cast(Form, anthropic),
    "openai": cast(Form, chat_completions),
    "ollama": cast(Form, ollama),
}
UNIT = "tokens"
LIMIT_BYTES = 4_000_000
"""Of an answer."""
ENVELOPE_TOKENS = 1_000
"""What a host puts around a question, such as its own words on a schema."""
_READ = (400, 401, 402, 403, 404, 413, 422)
"""Statuses whose reason stands in the answer."""
_TRIES = 2
_MANNERS = 3


class _Said(NamedTuple):
    heard: Heard
    tokens: int


class Model:
    """One language model; `ask` may be called by several tasks at once."""

    def __init__(self, settings: ModelSettings, key: Secret | None, client: Client, meter: Meter) -> None:
        self.settings = settings
        self._key = key
        self._client = client
        self._meter = meter
        self._form = FORMS[settings.api]
        self._manner = Manner(counts_thinking=settings.api == "openai" and settings.endpoint is None)

    async def ask(self, question: Question) -> Reply:
        """The answer to a question.

        Raises:
            ModelError: there is none.
        """
        asked, tokens, reason = _with_schema(question), 0, ""
        for _ in range(_TRIES):
            said = await self._say(asked)
            tokens += said.tokens
            heard = self._whole(said.heard)
            if question.schema is None:
                return Reply(without_thoughts(heard.text), None, heard.model or self.settings.name, tokens)
            try:
                data = read_json(heard.text, question.schema)
            except ValueError as error:
                reason = str(error)
                again = f"\n\nYour last answer could not be used: {reason}. Answer with the JSON object alone."
                asked = asked._replace(user=_with_schema(question).user + again)
                continue
            return Reply(heard.text, data, heard.model or self.settings.name, tokens)
        raise ModelError("unreadable", f"{self.settings.name} twice gave no usable answer: {reason}.")

    def _whole(self, heard: Heard) -> Heard:
        name = self.settings.name
        if heard.end == "declined":
            raise ModelError("declined", f"{name} declined to answer ({heard.why}).")
        if heard.end == "cut":
            raise ModelError("cut", f"The answer of {name} was cut; raise most_tokens or context_tokens in [model].")
        if heard.end == "other":
            raise ModelError("unreadable", f"{name} stopped without an answer ({heard.why[:40] or 'no reason given'}).")
        return heard

    async def _say(self, question: Question) -> _Said:
        """One question, counted; asked in another manner where the host does not know the first."""
        most = question.most_tokens or self.settings.most_tokens
        counted = self._count(question, most)
        try:
            await self._meter.spend(UNIT, counted)
        except OverBudget as error:
            raise over_budget(error) from error
        except SourceError as error:
            raise explained(error) from error
        try:
            heard = await self._exchange(question, most)
        except ModelError as error:
            if error.kind == "configuration" or not getattr(error, "sent", True):
                await self._meter.refund(UNIT, counted)
            raise
        used = sum(heard.usage) if heard.usage else counted
        await self._settle(counted, used)
        return _Said(heard, used)

    def _count(self, question: Question, most: int) -> int:
        """The most that a question can take: a token is at least a byte of it.

        Raises:
            ModelError: it does not fit into the context.
        """
        size = len(question.system.encode()) + len(question.user.encode())
        if size // 3 + most > self.settings.context_tokens and self.settings.api == "ollama":
            reason = f"about {size // 3:,} tokens to read and {most:,} to write"
            sentence = f"The question does not fit into context_tokens in [model]: {reason}."
            raise ModelError("configuration", sentence)
        schema = len(json.dumps(question.schema)) if question.schema is not None else 0
        return size + schema + most + ENVELOPE_TOKENS

    async def _settle(self, counted: int, used: int) -> None:
        if used <= counted:
            await self._meter.refund(UNIT, counted - used)
            return
        try:
            await self._meter.spend(UNIT, used - counted)
        except SourceError:
            # It is used already; the ceiling is met again by the next question.
            return

    async def _exchange(self, question: Question, most: int) -> Heard:
        for _ in range(_MANNERS):
            asked = self._form.ask(self.settings, self._key, question, most, self._manner)
            answer = await self._send(asked)
            tree = tree_of(answer.body)
            if answer.status < 400 and complaint_of(tree) == "":
                return self._form.hear(tree)
            manner = self._other_manner(answer.status, complaint_of(tree))
            if manner is None:
                break
            self._manner = manner
        raise refused(self.settings, answer.status, complaint_of(tree), self._key)

    def _other_manner(self, status: int, complaint: str) -> Manner | None:
        """How to ask instead, where a host says that it does not know a part of the question; None to give up."""
        if status not in (400, 422):
            return None
        told = complaint.casefold()
        if "max_tokens" in told and "max_completion_tokens" in told:
            return self._manner._replace(counts_thinking=not self._manner.counts_thinking)
        if self._manner.takes_schema and any(
            word in told for word in ("response_format", "json_schema", "output_config")
        ):
            return self._manner._replace(takes_schema=False)
        return None

    async def _send(self, asked: Asked) -> Answer:
        patience = float(self.settings.timeout_seconds)
        try:
            return await self._client.post(
                asked.url,
                json=asked.body,
                headers=asked.headers,
                limit_bytes=LIMIT_BYTES,
                timeout=patience,
                silence=patience,
                also=_READ,
                credential="model",
                # An address that is not named in the configuration must not lead into a private network.
                from_answer=self.settings.endpoint is None and self.settings.api != "ollama",
            )
        except SourceError as error:
            raise explained(error) from error


def _with_schema(question: Question) -> Question:
    """The question with its schema in words as well, since some hosts take a schema and do not hold it."""
    if question.schema is None:
        return question
    words = "Answer with one JSON object and nothing else. It has this JSON schema:"
    return question._replace(system=f"{question.system}\n\n{words}\n{json.dumps(question.schema)}")
