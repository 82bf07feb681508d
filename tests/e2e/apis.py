"""The APIs of all sources on the loopback, each in the documented shape of its answers.

The shapes are hand-made after the documentation of each API. Every API holds numbered items and offers them as the real
one does: newest first, in pages, from a moment on, for a limited time.
"""

from __future__ import annotations

import asyncio
import base64
import json
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request as Handshake
from websockets.http11 import Response as HandshakeAnswer

from monitor import instants
from monitor.instants import MINUTE, SECOND, render
from tests.e2e.api import Api, Item, newest_first
from tests.web_server import Request


class Jetstream(Api):
    """Version 1 of the stream; faults are connections that break and handshakes that are refused."""

    slug = "bluesky"
    keeps: int | None = None
    """Milliseconds after which it forgets; an older cursor is moved without a word. None for never."""

    def routes(self) -> None:
        self._more = asyncio.Event()

    async def start(self) -> None:
        self._websocket = await serve(self._serve, "127.0.0.1", 0, compression=None, process_request=self._greet)
        self.server.port = self._websocket.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self._websocket.close()
        await self._websocket.wait_closed()

    @property
    def endpoint(self) -> str:
        return f"ws://127.0.0.1:{self.server.port}/subscribe"

    def native_id(self, item: Item) -> str:
        return f"at://did:plc:author{item.number % 7}/app.bsky.feed.post/key{item.number}"

    def publish(self, number: int) -> None:
        super().publish(number)
        self._more.set()
        self._more = asyncio.Event()

    def _greet(self, connection: ServerConnection, request: Handshake) -> HandshakeAnswer | None:
        if self.down or (self.faulty is not None and self.faulty.random() < 0.5):
            self.refused += 1
            return connection.respond(503, "not now")
        return None

    async def _serve(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        asked = parse_qs(urlsplit(connection.request.path).query).get("cursor")
        place = len(self.items)
        if asked is not None:
            start = max(int(asked[0]) // 1000, 0 if self.keeps is None else self.clock() - self.keeps)
            place = next((n for n, item in enumerate(self.items) if item.at >= start), place)
        try:
            while not self.down:
                while place < len(self.items):
                    await connection.send(self._frame(self.items[place]))
                    place += 1
                if self.faulty is not None and self.faulty.random() < 0.2:
                    self.refused += 1
                    connection.transport.abort()
                    return
                try:
                    await asyncio.wait_for(self._more.wait(), 5)
                except TimeoutError:
                    await connection.send(self._beat())
        except ConnectionClosed:
            return

    def _frame(self, item: Item) -> str:
        record = {"$type": "app.bsky.feed.post", "text": item.text, "createdAt": render(item.at), "langs": ["en"]}
        commit = {"rev": "r", "operation": "create", "collection": "app.bsky.feed.post", "cid": "c", "record": record}
        did = f"did:plc:author{item.number % 7}"
        return json.dumps(
            {"did": did, "time_us": item.at * 1000, "kind": "commit", "commit": commit | {"rkey": f"key{item.number}"}}
        )

    def _beat(self) -> str:
        identity = {"did": "did:plc:other", "seq": 1, "time": render(self.clock())}
        return json.dumps(
            {"did": "did:plc:other", "time_us": self.clock() * 1000, "kind": "identity", "identity": identity}
        )


class XSearch(Api):
    """Recent search of X, which counts what it charges."""

    slug = "x"
    dollars = 0.0

    def routes(self) -> None:
        self.answer("/2/tweets/search/recent", self._search)

    def native_id(self, item: Item) -> str:
        return str(((item.at - 1288834974657) << 22) + item.number % (1 << 22))

    def _search(self, query: dict[str, str], request: Request) -> object:
        assert request.headers["authorization"] == "Bearer x-secret"
        low, high = 0, 1 << 63
        if "since_id" in query:
            low = int(query["since_id"]) + 1
        if "start_time" in query:
            low = max(low, (instants.parse(query["start_time"]) - 1288834974657) << 22)
        if "end_time" in query:
            high = (instants.parse(query["end_time"]) - 1288834974657) << 22
        if "until_id" in query:
            high = min(high, int(query["until_id"]))
        if "next_token" in query:
            high = min(high, int(query["next_token"]))
        found = [item for item in self.items if low <= int(self.native_id(item)) < high]
        most = int(query["max_results"])
        page = newest_first(found, most)
        self.dollars += 0.005 * len(page)
        meta: dict[str, object] = {"result_count": len(page)}
        if page:
            meta |= {"newest_id": self.native_id(page[0]), "oldest_id": self.native_id(page[-1])}
        if len(found) > most:
            meta["next_token"] = self.native_id(page[-1])
        data = [
            {
                "id": self.native_id(item),
                "text": item.text,
                "created_at": render(item.at),
                "lang": "en",
                "author_id": "7",
                "public_metrics": {"like_count": 1, "retweet_count": 0, "reply_count": 0, "quote_count": 0},
            }
            for item in page
        ]
        return {"meta": meta} | ({"data": data} if data else {})


class YouTube(Api):
    """Search and figures; a search shows 50 videos a page, the newest first."""

    slug = "youtube"
    searches = 0

    def routes(self) -> None:
        self.answer("/v3/search", self._search)
        self.answer("/v3/videos", self._videos)
        self.answer("/v3/videos:batchGetStats", self._videos)

    def native_id(self, item: Item) -> str:
        return base64.urlsafe_b64encode(item.number.to_bytes(8, "big")).decode().rstrip("=")[:11]

    def _search(self, query: dict[str, str], request: Request) -> object:
        self.searches += 1
        after = instants.parse(query["publishedAfter"])
        before = instants.parse(query.get("publishedBefore", "2100-01-01"))
        skip = int(query.get("pageToken", "0"))
        found = newest_first([item for item in self.items if after <= item.at < before], 500)
        page = found[skip : skip + 50]
        more = {"nextPageToken": str(skip + 50)} if skip + 50 < len(found) else {}
        items = [
            {"id": {"kind": "youtube#video", "videoId": self.native_id(i)}, "snippet": self._snippet(i)} for i in page
        ]
        return {"kind": "youtube#searchListResponse", "items": items, "pageInfo": {"totalResults": len(found)}} | more

    def _snippet(self, item: Item) -> dict[str, Any]:
        return {
            "publishedAt": render(item.at),
            "channelId": "UC" + "a" * 22,
            "channelTitle": "Lab",
            "title": item.text,
            "description": "",
            "liveBroadcastContent": "none",
        }

    def _videos(self, query: dict[str, str], request: Request) -> object:
        wanted = set(query["id"].split(","))
        return {
            "items": [
                {
                    "id": self.native_id(item),
                    "snippet": self._snippet(item),
                    "statistics": {"viewCount": "5", "likeCount": "2", "commentCount": "0"},
                }
                for item in self.items
                if self.native_id(item) in wanted
            ]
        }


class Reddit(Api):
    """The joined feed of some subreddits, a hundred entries long."""

    slug = "reddit"

    def routes(self) -> None:
        self.answer("/r/zebra+fish/new/.rss", self._feed, "application/atom+xml; charset=UTF-8")

    def native_id(self, item: Item) -> str:
        return f"t3_{item.number:x}"

    def _feed(self, query: dict[str, str], request: Request) -> object:
        entries = "".join(
            f"<entry><author><name>/u/ada</name><uri>https://www.reddit.com/user/ada</uri></author>"
            f'<category term="zebra" label="r/zebra"/><content type="html">&lt;p&gt;seen&lt;/p&gt;</content>'
            f'<id>{self.native_id(item)}</id><link href="https://www.reddit.com/r/zebra/comments/{item.number:x}/x/"/>'
            f"<updated>{render(item.at)}</updated><published>{render(item.at)}</published>"
            f"<title>{item.text}</title></entry>"
            for item in newest_first(self.items, int(query.get("limit", "25")))
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
            f"<id>/r/zebra/new/.rss</id><title>new</title><updated>{render(self.clock())}</updated>{entries}</feed>"
        )


class News(Api):
    """A feed of the newest fifty, with validators; GDELT and the Guardian give the same articles again."""

    slug = "news"

    def routes(self) -> None:
        self.answer("/feed.xml", self._feed, "application/rss+xml")
        self.answer("/gdelt", self._gdelt)
        self.answer("/guardian", self._guardian)

    def native_id(self, item: Item) -> str:
        return f"https://paper.example/{item.number}"

    def _title(self, item: Item) -> str:
        return f"On the zebrafish of {item.number} that was seen"

    def _feed(self, query: dict[str, str], request: Request) -> object:
        items = "".join(
            f"<item><title>{self._title(item)}</title><link>{self.native_id(item)}?utm_source=rss</link>"
            f"<description>{item.text}</description>"
            f"<pubDate>{formatdate(item.at / SECOND, usegmt=True)}</pubDate></item>"
            for item in newest_first(self.items, 50)
        )
        head = "<title>Paper</title><link>https://paper.example/</link><description>d</description>"
        return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'

    def _gdelt(self, query: dict[str, str], request: Request) -> object:
        low, high = (_digits(query["startdatetime"]), _digits(query["enddatetime"]))
        found = [item for item in self.items if low <= item.at < high]
        articles = [
            {
                "url": self.native_id(item),
                "title": self._title(item),
                "seendate": render(item.at - item.at % (15 * MINUTE))[:19].replace("-", "").replace(":", "") + "Z",
                "domain": "paper.example",
                "language": "English",
            }
            for item in newest_first(found, 250)
        ]
        return {"articles": articles} if articles else {}

    def _guardian(self, query: dict[str, str], request: Request) -> object:
        assert query["api-key"] == "guardian-secret"
        results = [
            {
                "id": str(item.number),
                "webPublicationDate": render(item.at - item.at % SECOND),
                "webTitle": self._title(item),
                "webUrl": self.native_id(item),
                "fields": {"trailText": "seen", "byline": "Ada"},
            }
            for item in newest_first(self.items, 100)
        ]
        return {"response": {"status": "ok", "pages": 1, "results": results}}


def _digits(text: str) -> int:
    """The instant of 14 digits from the year to the second."""
    return instants.parse(f"{text[:4]}-{text[4:6]}-{text[6:8]}T{text[8:10]}:{text[10:12]}:{text[12:]}Z")


class HackerNews(Api):
    """The search by date, and single items."""

    slug = "hackernews"

    def routes(self) -> None:
        self.answer("/search_by_date", self._search)

    def native_id(self, item: Item) -> str:
        return str(item.number)

    def _search(self, query: dict[str, str], request: Request) -> object:
        low, high = (int(part[len("created_at_i>") :]) for part in query["numericFilters"].split(","))
        found = [item for item in self.items if low < item.at // SECOND < high]
        hits = [
            {
                "objectID": self.native_id(item),
                "created_at": render(item.at),
                "created_at_i": item.at // SECOND,
                "author": "ada",
                "title": item.text,
                "points": 1,
                "num_comments": 0,
            }
            for item in newest_first(found, int(query["hitsPerPage"]))
        ]
        return {"hits": hits, "nbHits": len(found), "page": 0, "nbPages": 1}


class Mastodon(Api):
    """The timeline of a hashtag at one instance."""

    slug = "mastodon"

    def routes(self) -> None:
        self.answer("/api/v2/instance", lambda query, request: {"domain": f"127.0.0.1:{self.server.port}"})
        self.answer("/api/v1/timelines/tag/zebrafish", self._timeline)

    def _local(self, item: Item) -> str:
        return str((item.at << 16) + item.number % (1 << 16))

    def native_id(self, item: Item) -> str:
        return f"https://social.example/users/ada/statuses/{item.number}"

    def _timeline(self, query: dict[str, str], request: Request) -> object:
        after = int(query.get("min_id", "0"))
        found = sorted((item for item in self.items if int(self._local(item)) > after), key=lambda item: item.number)
        page = found[: int(query["limit"])]
        return [
            {
                "id": self._local(item),
                "uri": self.native_id(item),
                "url": f"https://social.example/@ada/{item.number}",
                "created_at": render(item.at),
                "edited_at": None,
                "account": {
                    "id": "1",
                    "username": "ada",
                    "acct": "ada@social.example",
                    "display_name": "Ada",
                    "note": "",
                },
                "content": f"<p>{item.text}</p>",
                "spoiler_text": "",
                "language": "en",
                "visibility": "public",
                "tags": [{"name": "zebrafish"}],
                "replies_count": 0,
                "reblogs_count": 0,
                "favourites_count": 1,
                "reblog": None,
            }
            for item in reversed(page)
        ]


class Arxiv(Api):
    """The feed of the last announcement; the papers of a day are announced at once."""

    slug = "arxiv"
    announced_at = 0

    def routes(self) -> None:
        self.answer("/rss/cs.AI", self._feed, "application/rss+xml")

    def native_id(self, item: Item) -> str:
        return f"2611.{item.number % 100_000:05}"

    def _feed(self, query: dict[str, str], request: Request) -> object:
        date = formatdate(self.announced_at / SECOND, usegmt=True)
        items = "".join(
            f"<item><title>{item.text}</title><link>https://arxiv.org/abs/{self.native_id(item)}</link>"
            f"<description>arXiv:{self.native_id(item)}v1 Announce Type: new\nAbstract: A fish.</description>"
            f'<guid isPermaLink="false">oai:arXiv.org:{self.native_id(item)}v1</guid><category>cs.AI</category>'
            f"<pubDate>{date}</pubDate><arxiv:announce_type>new</arxiv:announce_type><dc:creator>Ada</dc:creator></item>"
            for item in self.items
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?><rss xmlns:arxiv="http://arxiv.org/schemas/atom" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel><title>cs.AI</title>'
            f"<link>https://rss.arxiv.org/rss/cs.AI</link><pubDate>{date}</pubDate>{items}</channel></rss>"
        )


APIS: tuple[type[Api], ...] = (Jetstream, XSearch, YouTube, Reddit, News, HackerNews, Mastodon, Arxiv)
