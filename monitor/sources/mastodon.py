"""Mastodon: the timelines of hashtags on several instances. No key is needed where an instance shows them to anybody.

API: https://docs.joinmastodon.org/methods/timelines/#tag. An instance shows what reached it, so that several are asked;
a status that comes from two of them is one post.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

from monitor import instants
from monitor.records import Beat, Engagement
from monitor.sources.base import (
    Batch,
    KnownPost,
    Part,
    Refreshed,
    Refreshing,
    SourceError,
    SourceKey,
    SourceOption,
    SourceSettings,
)
from monitor.sources.mastodon_statuses import Instance, Page, parse, parse_instance, parse_status
from monitor.sources.mastodon_timelines import (
    CLOSED,
    FIRST_LOOK_BACK,
    LONGEST_LOOK_BACK,
    Access,
    Timeline,
    TimelineReader,
    ask,
    closed,
)
from monitor.sources.reading import list_of, mapping_of, number_of, sane, text_of

if TYPE_CHECKING:
    from monitor.http import Client

__all__ = ["Mastodon", "Page", "parse"]

INSTANCES = ("mastodon.social", "mstdn.social", "mas.to", "hachyderm.io")
TAGS = (
    "ai",
    "artificialintelligence",
    "machinelearning",
    "deeplearning",
    "llm",
    "genai",
    "generativeai",
    "chatgpt",
    "openai",
    "anthropic",
    "claude",
    "gemini",
    "deepseek",
    "opensourceai",
    "noai",
)
TOKEN = "token"  # noqa: S105 - its name
INTERVAL = 180.0
TOGETHER = 4
"""Hashtags of one timeline, which is as many as an instance takes."""
MOST_TAGS = 80
LAG = instants.MINUTE
"""Answers may be that old."""

_TAG = re.compile(r"\w{1,100}")
_INSTANCE = re.compile(r"(https?://)?([\w-]+(?:\.[\w-]+)*(?::[0-9]{1,5})?)/?")
_HOME_URI = re.compile(r"/(?:users/[^/?#]+|ap/users/[0-9]+)/statuses/([0-9]{1,20})")
_GONE = (404, 410)


class Mastodon:
    """Timelines of hashtags, four hashtags to a timeline, each instance a part."""

    slug = "mastodon"
    name = "Mastodon"
    options = (
        SourceOption("instances", list, list(INSTANCES), "names of the instances to ask"),
        SourceOption("tags", list, [], "hashtags to follow; empty for those of the beats and some about AI"),
        SourceOption("only_indexable", bool, False, "pass over accounts that did not agree to be found by searches"),
    )
    keys = (SourceKey(TOKEN, "MASTODON_TOKEN", "token with read:statuses for the first of the instances"),)
    refreshing = Refreshing(at_once=20, ages=(30 * 60.0, 6 * 3600.0, 23 * 3600.0))

    def __init__(self) -> None:
        self._instances: dict[str, Instance] = {}

    def parts(self, settings: SourceSettings, beats: Sequence[Beat]) -> Sequence[Part]:
        """A part for each instance.

        Raises:
            SourceError: something in `instances` names no instance, or in `tags` is no hashtag.
        """
        if not settings.enabled:
            return ()
        options = {option.name: option.default for option in self.options} | dict(settings.options)
        tags = _tags(list_of(options["tags"]), beats)
        groups = [tags[index : index + TOGETHER] for index in range(0, len(tags), TOGETHER)]
        parts: dict[str, Part] = {}
        for base in _bases(options["instances"]):
            timelines = tuple(_timeline(base, group) for group in groups)
            parts[base] = Part(self.slug, urlsplit(base).netloc, INTERVAL, addresses=(base, *timelines))
        return tuple(parts.values()) if groups else ()

    async def fetch(self, client: Client, part: Part, cursor: str | None, now: int) -> AsyncIterator[Batch]:
        """Read what is new in all timelines of an instance, oldest first, in one batch.

        Raises:
            NoKey: the instance shows its timelines only to those who have a token.
            SourceError: an answer could not be used. What came before it is given first.
        """
        base, *timelines = part.addresses
        token = _token(client.settings, base)
        instance = await self._instance(client, base, token)
        done, states = _read_cursor(cursor)
        indexable = client.settings.options.get("only_indexable") is True
        reader = TimelineReader(client, Access(instance.domain, token, indexable), done, now)
        failure: SourceError | None = None
        for address in timelines:
            try:
                states[address] = await reader.read(address, states.get(address))
            except SourceError as error:
                failure = error
                break
        if failure is not None and not reader.looked_at:
            raise failure
        complete = failure is None and not reader.more
        floor = now - (FIRST_LOOK_BACK if done is None else LONGEST_LOOK_BACK)
        start = floor if done is None else max(done, floor)
        end = now - LAG
        missed = (done, floor) if complete and done is not None and done < floor else None
        yield Batch(
            posts=tuple(reader.posts.values()),
            cursor=_write_cursor(
                end if complete else done, {name: states[name] for name in timelines if name in states}
            ),
            covered=(start, end) if complete and end > start else None,
            read=reader.looked_at,
            missed=missed,
            damaged=reader.damaged,
        )
        if failure is not None:
            raise failure

    async def _instance(self, client: Client, base: str, token: str | None) -> Instance:
        """What an instance is called and whether it gives anything, asked once."""
        known = self._instances.get(base)
        if known is None:
            host = urlsplit(base).hostname or base
            answer = await ask(client, f"{base}/api/v2/instance", {}, token, also=(400, *CLOSED, *_GONE))
            known = parse_instance(answer.body if answer.status == 200 else b"", host)
            if known.closed == "disabled":
                sentence = f"{host} has switched off its timelines of hashtags; take it out of `instances`."
                raise SourceError(sentence, permanent=True)
            if known.closed and token is None:
                raise closed(host)
            self._instances[base] = known
        return known

    async def refresh(self, client: Client, posts: Sequence[KnownPost], now: int) -> Refreshed:
        """Ask the instances at which statuses were written, where these are among `instances`.

        Only there the id of a status can be told from its address, only there all counts are known, and only there
        does its absence mean that it is gone. Statuses of other instances are left. An answer that cannot be used costs
        its status only; a request that fails ends the call with what came before.

        Raises:
            SourceError: nothing came that could be used.
        """
        bases = {urlsplit(base).netloc: base for base in _bases(client.settings.options.get("instances", INSTANCES))}
        engagements: dict[str, Engagement] = {}
        names: dict[str, str] = {}
        gone: list[str] = []
        failure: SourceError | None = None
        for post in posts:
            home, number = home_of(post.native_id)
            if number is None or home not in bases:
                continue
            token = _token(client.settings, bases[home])
            try:
                answer = await ask(client, f"{bases[home]}/api/v1/statuses/{number}", {}, token, also=_GONE)
            except SourceError as error:
                failure = error
                break
            try:
                told = parse_status(answer.body, home) if answer.status == 200 else None
            except SourceError as error:
                failure = error
                continue
            if told is None:
                gone.append(post.native_id)
            elif told.native_id == post.native_id:
                engagements[post.native_id] = told.engagement
                if post.author and told.name:
                    names[post.author] = told.name
        if failure is not None and not engagements and not gone:
            raise failure
        return Refreshed(engagements, names, tuple(gone))


def home_of(uri: str) -> tuple[str, str | None]:
    """The instance at which a status was written and its id there; None where its address does not tell."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return "", None
    found = _HOME_URI.fullmatch(parts.path)
    return parts.netloc.lower(), found[1] if found and not parts.query else None


def _tags(given: Iterable[object], beats: Sequence[Beat]) -> list[str]:
    """The hashtags to follow, without their sign.

    Raises:
        SourceError: one that was given is none.
    """
    named = [text_of(tag).strip().removeprefix("#") for tag in given]
    for tag in named:
        if not _TAG.fullmatch(tag):
            raise SourceError(f"{tag[:40]!r} in `tags` is no hashtag.", permanent=True)
    if not named:
        terms = [term[1:] for beat in beats for term in beat.rule.any if term.startswith("#")]
        named = [*TAGS, *filter(_TAG.fullmatch, terms)]
    return list(dict.fromkeys(tag.lower() for tag in named))[:MOST_TAGS]


def _bases(instances: object) -> list[str]:
    """The addresses of the instances; https where only a name is given.

    Raises:
        SourceError: one is no name and no address.
    """
    bases: dict[str, None] = {}
    for named in list_of(instances) if isinstance(instances, list) else list(INSTANCES):
        text = text_of(named).strip().lower()
        found = _INSTANCE.fullmatch(text)
        if found is None:
            sentence = f"{text[:60]!r} in `instances` names no instance of Mastodon, such as mastodon.social."
            raise SourceError(sentence, permanent=True)
        base = (found[1] or "https://") + found[2]
        bases[base] = None
    return list(bases)


def _timeline(base: str, tags: Sequence[str]) -> str:
    first, *others = tags
    query = urlencode([("any[]", tag) for tag in others])
    return f"{base}/api/v1/timelines/tag/{quote(first, safe='')}" + (f"?{query}" if query else "")


def _token(settings: SourceSettings, base: str) -> str | None:
    """The token, for the instance that it is for."""
    secret = settings.secrets.get(TOKEN)
    bases = _bases(settings.options.get("instances", INSTANCES))
    return secret.reveal() if secret is not None and bases and base == bases[0] else None


def _write_cursor(done: int | None, states: Mapping[str, Timeline]) -> str:
    timelines = {address: [state.newest, dict(state.given), state.behind] for address, state in states.items()}
    return json.dumps({"done": done, "timelines": timelines}, separators=(",", ":"))


def _read_cursor(cursor: str | None) -> tuple[int | None, dict[str, Timeline]]:
    """To when everything is known, and how far each timeline was read; nothing where the cursor is not ours."""
    try:
        data = mapping_of(json.loads(cursor or "{}"))
    except (ValueError, RecursionError):
        return None, {}
    states = {}
    for address, state in mapping_of(data.get("timelines")).items():
        newest, given, behind = (*list_of(state), "", {}, False)[:3]
        if isinstance(newest, str) and re.fullmatch(r"[A-Za-z0-9]{0,64}", newest):
            versions = {number: text_of(version) for number, version in mapping_of(given).items()}
            states[address] = Timeline(newest, versions, behind is True)
    return sane(number_of(data.get("done"))), states
