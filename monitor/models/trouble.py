"""What went wrong, in one sentence each, without the key and with little of what a host says."""

from __future__ import annotations

from monitor.config.model import ModelSettings
from monitor.models.nouns import ModelError
from monitor.sources.base import OverBudget, Secret, SourceError
from monitor.text.clean import clean_line

ACCOUNT = "*"
"""The source under which the store counts what models use up; it is none that is read."""

_LONGEST = 200
_NOTHING_DONE = (429, 503, 529)
"""Statuses of a host that did not take the question up."""


class UnsentError(ModelError):
    """A question that the host did not take up, so that nothing was used."""

    sent = False


def in_our_table(sentence: str) -> str:
    """A sentence on a source's table as one on the model's."""
    return sentence.replace(f"[sources.{ACCOUNT}]", "[model]").replace("[sources.model]", "[model]")


def over_budget(error: OverBudget) -> ModelError:
    """A ceiling of ours."""
    return ModelError("budget", f"The model: {in_our_table(str(error))}", retry_after=error.retry_after)


def explained(error: SourceError) -> ModelError:
    """The client's trouble."""
    status = getattr(error, "status", None)
    sentence = in_our_table(str(error))
    if status == 429 and error.retry_after is None:
        sentence += " It names no time to wait, so the account may have used up what it may spend."
    if error.permanent:
        return ModelError("configuration", sentence)
    kind = UnsentError if status in _NOTHING_DONE or not error.sent else ModelError
    return kind("unreachable", sentence, retry_after=error.retry_after)


def refused(settings: ModelSettings, status: int, complaint: str, key: Secret | None) -> ModelError:
    """A status, or an error within an answer, with the host's reason."""
    reason = clean_line(complaint)
    reason = (reason.replace(key.reveal(), "********") if key else reason)[:_LONGEST]
    told = f": {reason}" if reason else ""
    if status in (401, 403):
        return ModelError("configuration", f"The host of {settings.name} refuses the key ({status}){told}.")
    if status == 402:
        return ModelError("configuration", f"The host of {settings.name} wants to be paid (402){told}.")
    if status == 404:
        sentence = f"The host does not know the model {settings.name}, or the address is another (404){told}."
        return ModelError("configuration", sentence)
    if status >= 400:
        return ModelError("configuration", f"The host of {settings.name} refuses the question ({status}){told}.")
    return ModelError("unreachable", f"The host of {settings.name} answered with an error{told}.")
