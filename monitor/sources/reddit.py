"""Reddit: the new posts of some subreddits, from joined feeds, or from the API where there are credentials.

Since June 2026 feeds are given about once a minute to each network, and since November 2025 credentials only after an
application. Both ways give the same posts under the same identifiers, so a change of the way loses and doubles nothing.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from monitor import instants
from monitor.records import Beat
from monitor.sources.base import (
    Batch,
    KnownPost,
    NoKey,
    Part,
    Refreshed,
    Refreshing,
    SourceError,
    SourceKey,
    SourceOption,
    SourceSettings,
)
from monitor.sources.reading import host_of, list_of, number_of, text_of, text_or_none
from monitor.sources.reddit_access import ID, SECRET, USER_AGENT, Access
from monitor.sources.reddit_items import POST, SITE, Page, blocked, parse_feed, parse_listing
from monitor.sources.reddit_listing import FIRST_LOOK_BACK, LAG, State, compared, joined, read_state

if TYPE_CHECKING:
    from monitor.http import Client

API = "https://oauth.reddit.com"
TOKENS = f"{SITE}/api/v1/access_token"
SUBREDDITS = (
    "accelerate",
    "agi",
    "AI_Agents",
    "aiwars",
    "Anthropic",
    "antiai",
    "artificial",
    "ArtificialInteligence",
    "ChatGPT",
    "ChatGPTCoding",
    "ClaudeAI",
    "computervision",
    "ControlProblem",
    "cursor",
    "datascience",
    "DeepSeek",
    "deeplearning",
    "Futurology",
    "GeminiAI",
    "GithubCopilot",
    "LanguageTechnology",
    "learnmachinelearning",
    "LLMDevs",
    "LocalLLaMA",
    "MachineLearning",
    "midjourney",
    "MistralAI",
    "mlops",
    "OpenAI",
    "perplexity_ai",
    "PromptEngineering",
    "reinforcementlearning",
    "robotics",
    "SelfDrivingCars",
    "singularity",
    "StableDiffusion",
    "technology",
)
"""What is read where the configuration names nothing: where artificial intelligence is talked about most."""

SPACING = 60.0
"""Seconds between two feeds, below which Reddit is known to refuse."""
JOINED = 50
"""Subreddits in one question."""
PAGE = 100
MOST_PAGES = 10
"""A listing is a thousand posts deep at most."""

_SUBREDDIT = re.compile(r"(?:/?r/)?([A-Za-z0-9][A-Za-z0-9_]{1,30})/?")


class Reddit:
    """Groups of subreddits, each a part."""

    slug = "reddit"
    name = "Reddit"
    keys = (
        SourceKey(ID, "REDDIT_CLIENT_ID", "identifier of a Reddit application; without one the feeds are read"),
        SourceKey(SECRET, "REDDIT_CLIENT_SECRET", "secret of that application"),
    )
    options = (
        SourceOption("subreddits", list, list(SUBREDDITS), "subreddits to read"),
        SourceOption("poll_minutes", int, 5, "minutes between two polls"),
        SourceOption(
            "user_agent", str, "", "who asks, as `platform:app-id:version (by /u/name)`; Reddit wants it of the API"
        ),
        SourceOption("feeds", str, SITE, "address of the site whose feeds are read"),
        SourceOption("endpoint", str, API, "address of the API"),
        SourceOption("tokens", str, TOKENS, "address where tokens of the API are given"),
    )
    refreshing = Refreshing(at_once=PAGE, ages=(3600.0, 6 * 3600.0, 24 * 3600.0))

    def __init__(self) -> None:
        self._access = Access()

    def parts(self, settings: SourceSettings, beats: Sequence[Beat]) -> Sequence[Part]:
        """A part for each group of subreddits.

        Raises:
            NoKey: of the two credentials only one is there.
            SourceError: the name of a subreddit is none.
        """
        if not settings.enabled:
            return ()
        if len({ID, SECRET} & settings.secrets.keys()) == 1:
            raise NoKey(
                "Reddit's API needs both REDDIT_CLIENT_ID and REDDIT_CLIENT_SECRET; without both feeds are read."
            )
        options = self._options(settings)
        names: dict[str, str] = {}
        for number, name in enumerate(map(text_of, list_of(options["subreddits"])), start=1):
            found = _SUBREDDIT.fullmatch(name.strip())
            if found is None:
                sentence = f"Entry {number} of `subreddits` in [sources.reddit] is no name of a subreddit."
                raise SourceError(sentence, permanent=True)
            names.setdefault(found[1].casefold(), found[1])
        groups = ["+".join(list(names.values())[begin : begin + JOINED]) for begin in range(0, len(names), JOINED)]
        interval = max(1, number_of(options["poll_minutes"]) or 5) * 60.0
        if _has_key(settings):
            site, ending = (text_or_none(options["endpoint"]) or API).rstrip("/"), "new"
        else:
            site, ending = (text_or_none(options["feeds"]) or SITE).rstrip("/"), "new/.rss"
            interval = max(interval, SPACING * len(groups))
        return tuple(
            Part(self.slug, f"new {number}", interval, addresses=(f"{site}/r/{group}/{ending}",))
            for number, group in enumerate(groups, 1)
        )

    async def fetch(self, client: Client, part: Part, cursor: str | None, now: int) -> AsyncIterator[Batch]:
        """Read what is new since the cursor, newest first, and give it oldest first.

        Raises:
            SourceError: an answer could not be used.
        """
        if not part.addresses:
            raise SourceError(f"The part {part.name} of Reddit has no address.", permanent=True)
        address = part.addresses[0]
        state = read_state(cursor)
        if urlsplit(address).path.endswith(".rss"):
            if state.done is not None and 0 <= now - LAG - state.done < SPACING * instants.SECOND:
                # Another process, just ended, has asked within the minute.
                return
            page, whole = await self._feed(client, address, now), False
        else:
            page, whole = await self._listing(client, address, state, now)
        if state.known and not page.ids:
            raise SourceError("Reddit sent an empty listing, where there were posts before.")
        yield compared(page, state, now, whole=whole)

    async def refresh(self, client: Client, posts: Sequence[KnownPost], now: int) -> Refreshed:
        """Figures of posts, and which of them were taken away, where there are credentials; else nothing is known.

        Raises:
            SourceError: the answer could not be used.
        """
        ids = [post.native_id for post in posts[:PAGE] if POST.fullmatch(post.native_id)]
        if not ids or not _has_key(client.settings):
            return Refreshed()
        options = self._options(client.settings)
        endpoint = (text_or_none(options["endpoint"]) or API).rstrip("/")
        params: dict[str, str | int] = {"id": ",".join(ids), "raw_json": 1, "limit": PAGE}
        page = parse_listing(await self._ask(client, f"{endpoint}/api/info", params), now, host_of(endpoint))
        return Refreshed(
            engagements={post.native_id: post.engagement for post in page.posts if post.native_id in ids},
            gone=tuple(one.native_id for one in page.deletions if one.native_id in ids),
        )

    async def _feed(self, client: Client, address: str, now: int) -> Page:
        headers = {"User-Agent": _user_agent(self._options(client.settings))}
        answer = await client.get(address, params={"limit": PAGE}, headers=headers, spacing=SPACING, also=(403,))
        if answer.status == 403:
            raise blocked()
        return parse_feed(answer.body, answer.headers.get("content-type", ""), now, host_of(answer.url))

    async def _listing(self, client: Client, address: str, state: State, now: int) -> tuple[Page, bool]:
        """The pages of a listing as if they were one, down to what is known, and whether they reach that."""
        pages: list[Page] = []
        params: dict[str, str | int] = {"limit": PAGE, "raw_json": 1}
        floor = state.done if state.done is not None else now - FIRST_LOOK_BACK
        for _ in range(MOST_PAGES):
            page = parse_listing(await self._ask(client, address, params), now, host_of(address))
            pages.append(page)
            reached = page.oldest is not None and page.oldest <= floor
            if page.after is None or reached or not page.ids:
                return joined(pages), True
            params["after"] = page.after
        return joined(pages), False

    async def _ask(self, client: Client, address: str, params: Mapping[str, str | int]) -> bytes:
        options = self._options(client.settings)
        tokens = text_or_none(options["tokens"]) or TOKENS
        return (await self._access.get(client, address, params, tokens, _user_agent(options))).body

    def _options(self, settings: SourceSettings) -> dict[str, Any]:
        return {option.name: option.default for option in self.options} | dict(settings.options)


def _has_key(settings: SourceSettings) -> bool:
    return {ID, SECRET} <= settings.secrets.keys()


def _user_agent(options: Mapping[str, Any]) -> str:
    said = text_of(options["user_agent"]).strip()
    return said if said and said.isascii() and said.isprintable() else USER_AGENT
