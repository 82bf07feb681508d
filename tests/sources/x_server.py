"""A recent search of X over some posts, in the shapes that X documents, that counts what it would charge."""

from __future__ import annotations

import json
from typing import Any

from monitor import instants
from tests.web_server import Reply, Request, WebServer

EPOCH = 1_288_834_974_657
POST, USER = 0.005, 0.010


def number_at(instant: int, sequence: int = 0) -> str:
    """The number of a post made at an instant."""
    return str(((instant - EPOCH) << 22) + sequence)


class RecentSearch:
    """Newest first, at most a hundred to a page, never younger than ten seconds."""

    def __init__(self, web: WebServer) -> None:
        self.posts: dict[str, int] = {}
        self.asked: list[dict[str, str]] = []
        self.charged = 0.0
        self.now = 0
        self.endpoint = web.url("/2")
        web.route("/2/tweets/search/recent")(self.answer)

    def add(self, instant: int, sequence: int = 0) -> str:
        number = number_at(instant, sequence)
        self.posts[number] = instant
        return number

    async def answer(self, request: Request, reply: Reply) -> None:
        query = request.query
        self.asked.append(query)
        assert not {"start_time", "since_id"} <= query.keys()
        assert not {"end_time", "until_id"} <= query.keys()
        found = self._found(query)
        begin = int(query.get("next_token", "0").removeprefix("t"))
        end = begin + int(query["max_results"])
        page = found[begin:end]
        meta: dict[str, Any] = {"result_count": len(page)}
        if page:
            meta |= {"newest_id": page[0], "oldest_id": page[-1]}
        if end < len(found):
            meta["next_token"] = f"t{end}"
        data: dict[str, Any] = {"meta": meta}
        if page:
            data["data"] = [self._item(number) for number in page]
        self.charged += len(page) * POST
        if "expansions" in query and page:
            data["includes"] = {"users": [{"id": "7", "username": "ada"}]}
            self.charged += USER
        await reply.send(json.dumps(data), Content_Type="application/json")

    def _found(self, query: dict[str, str]) -> list[str]:
        low = instants.parse(query["start_time"]) if "start_time" in query else 0
        high = instants.parse(query["end_time"]) if "end_time" in query else self.now
        assert high <= self.now - 10_000 or "until_id" in query, "X refuses an end that is too young"
        since, until = int(query.get("since_id", "0")), int(query.get("until_id", str(1 << 63)))
        if since:
            assert (since >> 22) + EPOCH > self.now - 7 * instants.DAY, "X refuses a number that is too old"
        found = [number for number, at in self.posts.items() if low <= at < high and since < int(number) < until]
        return sorted(found, key=int, reverse=True)

    def _item(self, number: str) -> dict[str, Any]:
        text = {"id": number, "text": f"Post {number}", "author_id": "7", "edit_history_tweet_ids": [number]}
        return text | {"created_at": instants.render(self.posts[number])}
