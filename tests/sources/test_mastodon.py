"""Mastodon: reading on, and asking again. The bodies are made by hand in the documented shapes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from monitor import instants
from monitor.http import Client
from monitor.instants import DAY, HOUR, MINUTE, SECOND
from monitor.records import Beat, Engagement, Rule
from monitor.sources import mastodon_timelines
from monitor.sources.base import Batch, KnownPost, NoKey, Refreshable, Secret, SourceError, SourceSettings
from monitor.sources.mastodon import Mastodon
from monitor.sources.mastodon_timelines import rewound
from tests.sources.conftest import NOW
from tests.sources.test_mastodon_statuses import body, status

# Reading on


def id_at(instant: int, more: int = 0) -> str:
    return str((instant << 16) + more)


class Server:
    """An instance on the loopback. Its timelines are kept by id and given as Mastodon does by `min_id`."""

    def __init__(self, web: Any, tags: tuple[str, ...] = ("ai",), **about: object) -> None:
        self.web = web
        self.statuses: dict[str, list[dict[str, Any]]] = {tag: [] for tag in tags}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.about = about
        self.refusal = ""
        self.settings: dict[str, object] = {"instances": [f"http://{web.host}"], "tags": list(tags)}
        self.secrets: dict[str, Secret] = {}
        self.source = Mastodon()
        web.route("/api/v2/instance")(self.describe)
        for tag in tags:
            web.route(f"/api/v1/timelines/tag/{tag}")(self.answer)

    def add(self, *statuses: dict[str, Any], tag: str = "ai") -> None:
        self.statuses[tag] += statuses

    async def describe(self, request: Any, reply: Any) -> None:
        await reply.send(json.dumps({"domain": "one.example"} | self.about))

    async def answer(self, request: Any, reply: Any) -> None:
        tag = request.path.rpartition("/")[2]
        self.asked.append((tag, dict(request.query, authorization=request.headers.get("authorization", ""))))
        if self.refusal:
            await reply.send('{"error": "This method requires an authenticated user"}', self.refusal)
            return
        after = int(request.query["min_id"])
        found = sorted(
            (each for each in self.statuses[tag] if int(each["id"]) > after), key=lambda each: int(each["id"])
        )
        await reply.send(body(*reversed(found[: int(request.query["limit"])])))

    async def poll(self, client: Client, cursor: str | None = None, now: int = NOW) -> list[Batch]:
        client.settings = SourceSettings(True, self.settings, self.secrets)
        (part,) = self.source.parts(client.settings, ())
        return [batch async for batch in self.source.fetch(client, part, cursor, now)]


def written(at: int, more: int = 0, **fields: object) -> dict[str, Any]:
    return status(id_at(at, more), at, **fields)


def numbers(batch: Batch) -> list[str]:
    return [post.native_id.rpartition("/")[2] for post in batch.posts]


async def test_the_first_poll_reads_a_day_forward_page_by_page(client, web, monkeypatch):
    monkeypatch.setattr(mastodon_timelines, "PAGE", 3)
    server = Server(web)
    server.add(*(written(NOW - hour * HOUR) for hour in range(1, 31)))
    (batch,) = await server.poll(client)
    assert numbers(batch) == [id_at(NOW - hour * HOUR) for hour in range(23, 0, -1)]
    assert batch.covered == (NOW - DAY, NOW - MINUTE)
    assert batch.read == len(batch.posts)
    assert {query["limit"] for _, query in server.asked} == {"3"}
    assert len(server.asked) == 8


async def test_the_next_poll_gives_what_is_new_what_came_late_and_what_was_edited(client, web):
    server = Server(web)
    server.add(written(NOW - 20 * MINUTE), written(NOW - 5 * MINUTE), written(NOW - 4 * MINUTE))
    (first,) = await server.poll(client)
    late, fresh = written(NOW - 10 * MINUTE), written(NOW + MINUTE)
    server.statuses["ai"][1] |= {"content": "<p>Better</p>", "edited_at": instants.render(NOW)}
    server.add(late, fresh)
    (second,) = await server.poll(client, first.cursor, NOW + 2 * MINUTE)
    assert numbers(second) == [late["id"], server.statuses["ai"][1]["id"], fresh["id"]]
    assert second.read == 3
    assert second.covered == (NOW - MINUTE, NOW + MINUTE)
    (third,) = await server.poll(client, second.cursor, NOW + 4 * MINUTE)
    assert (numbers(third), third.read) == ([], 0)


async def test_many_statuses_between_two_polls_are_all_read(client, web):
    server = Server(web)
    server.add(*(written(NOW - 2 * MINUTE, more) for more in range(100)))
    (first,) = await server.poll(client)
    server.add(*(written(NOW + SECOND, more) for more in range(130)))
    (second,) = await server.poll(client, first.cursor, NOW + 3 * MINUTE)
    assert (len(first.posts), len(second.posts)) == (100, 130)


async def test_four_hashtags_make_a_timeline(client, web):
    server = Server(web, ("ai", "genai", "llm", "künstliche_intelligenz", "openai"))
    await server.poll(client)
    requests = [request for request in web.requests if "timelines" in request.path]
    assert [request.path for request in requests] == ["/api/v1/timelines/tag/ai", "/api/v1/timelines/tag/openai"]
    (part,) = server.source.parts(SourceSettings(True, server.settings), ())
    assert part.addresses[1].endswith("/ai?any%5B%5D=genai&any%5B%5D=llm&any%5B%5D=k%C3%BCnstliche_intelligenz")


async def test_the_pages_of_a_poll_are_bounded_and_gone_on_with(client, web, monkeypatch):
    monkeypatch.setattr(mastodon_timelines, "PAGE", 2)
    monkeypatch.setattr(mastodon_timelines, "MOST_PAGES", 2)
    server = Server(web)
    server.add(*(written(NOW - HOUR + number * MINUTE) for number in range(7)))
    found, cursor, covered = [], None, []
    for poll in range(6):
        (batch,) = await server.poll(client, cursor, NOW + poll * MINUTE)
        found += numbers(batch)
        covered.append(batch.covered)
        cursor = batch.cursor
    assert sorted(found) == sorted(each["id"] for each in server.statuses["ai"])
    assert covered[0] is None
    assert covered[-1] is not None


async def test_an_instance_that_ignores_min_id_is_asked_no_longer(client, web):
    server = Server(web)
    server.add(*(written(NOW - HOUR, number) for number in range(40)))
    web.answer("/api/v1/timelines/tag/ai", body(*reversed(server.statuses["ai"])))
    (batch,) = await server.poll(client)
    assert len(batch.posts) == 40
    assert len(web.requests) == 3


async def test_ids_of_another_kind_are_read_on_from_as_they_are(client, web):
    server = Server(web)
    ulid = status("01HF8GQQ1N8JCDNZ4V5J0RXPMB")
    web.answer("/api/v1/timelines/tag/ai", body(ulid))
    (first,) = await server.poll(client)
    (second,) = await server.poll(client, first.cursor, NOW + 3 * MINUTE)
    assert web.requests[-1].query["min_id"] == ulid["id"]
    assert (len(first.posts), second.posts) == (1, ())


async def test_a_long_pause_is_missed_in_part(client, web):
    server = Server(web)
    (first,) = await server.poll(client, now=NOW - 10 * DAY)
    (second,) = await server.poll(client, first.cursor)
    assert second.missed == (NOW - 10 * DAY - MINUTE, NOW - 7 * DAY)
    assert second.covered == (NOW - 7 * DAY, NOW - MINUTE)
    assert server.asked[-1][1]["min_id"] == id_at(NOW - 7 * DAY)


async def test_a_hashtag_that_is_new_begins_a_day_ago(client, web):
    server = Server(web, ("ai", "b", "c", "d", "llm"))
    server.settings["tags"] = ["ai"]
    (first,) = await server.poll(client, now=NOW - 3 * DAY)
    server.settings["tags"] = ["ai", "b", "c", "d", "llm"]
    await server.poll(client, first.cursor)
    assert {tag: query["min_id"] for tag, query in server.asked[1:]} == {
        "ai": id_at(NOW - DAY),
        "llm": id_at(NOW - DAY),
    }


async def test_what_came_before_a_failure_is_given_and_not_covered(client, web):
    server = Server(web, ("ai", "b", "c", "d", "llm"))
    server.add(written(NOW - MINUTE))
    web.answer("/api/v1/timelines/tag/llm", "no", "403 Forbidden")
    client.settings = SourceSettings(True, server.settings)
    (part,) = server.source.parts(client.settings, ())
    batches = server.source.fetch(client, part, None, NOW)
    batch = await anext(batches)
    assert (len(batch.posts), batch.covered) == (1, None)
    with pytest.raises(SourceError, match="403"):
        await anext(batches)


# Closed doors


def feeds(local: str, remote: str) -> dict[str, Any]:
    return {"configuration": {"timelines_access": {"hashtag_feeds": {"local": local, "remote": remote}}}}


async def test_a_switched_off_timeline_is_no_silence(client, web):
    server = Server(web, **feeds("disabled", "disabled"))
    with pytest.raises(SourceError, match="has switched off") as caught:
        await server.poll(client)
    assert caught.value.permanent
    assert not isinstance(caught.value, NoKey)


async def test_a_timeline_for_its_own_people_wants_a_token(client, web):
    server = Server(web, **feeds("authenticated", "authenticated"))
    with pytest.raises(NoKey, match="MASTODON_TOKEN"):
        await server.poll(client)
    server.secrets = {"token": Secret("sesame")}
    await server.poll(client)
    assert server.asked[-1][1]["authorization"] == "Bearer sesame"


@pytest.mark.parametrize("access", [feeds("public", "disabled"), feeds("public", "authenticated"), {}])
async def test_a_timeline_that_shows_something_is_read(client, web, access):
    (batch,) = await Server(web, **access).poll(client)
    assert batch.covered == (NOW - DAY, NOW - MINUTE)


@pytest.mark.parametrize("refusal", ["401 Unauthorized", "422 Unprocessable Entity"])
async def test_a_refusal_tells_whether_the_token_is_missing_or_wrong(client, web, refusal):
    server = Server(web)
    server.refusal = refusal
    with pytest.raises(NoKey, match="signed in"):
        await server.poll(client)
    server.secrets = {"token": Secret("sesame")}
    with pytest.raises(NoKey, match="refuses the token") as caught:
        await server.poll(client)
    assert "sesame" not in str(caught.value)


async def test_the_token_goes_to_the_first_instance_only(client, web):
    server = Server(web)
    server.settings["instances"] = ["https://first.example", f"http://{web.host}"]
    server.secrets = {"token": Secret("sesame")}
    client.settings = SourceSettings(True, server.settings, server.secrets)
    part = server.source.parts(client.settings, ())[1]
    async for _ in server.source.fetch(client, part, None, NOW):
        pass
    assert not any("authorization" in request.headers for request in web.requests)


async def test_an_instance_that_says_nothing_of_itself_is_read_under_its_host(client, web):
    server = Server(web)
    server.add(written(NOW - MINUTE))
    web.answer("/api/v2/instance", "nothing here", "404 Not Found")
    (batch,) = await server.poll(client)
    assert batch.posts[0].author == "ada@127.0.0.1"


@pytest.mark.parametrize("cursor", ["", "null", "{", "[" * 100_000, '{"done": "x", "timelines": {"a": 5, "b": [1]}}'])
async def test_a_cursor_that_is_not_ours_is_like_none(client, web, cursor):
    (batch,) = await Server(web).poll(client, cursor)
    assert batch.covered == (NOW - DAY, NOW - MINUTE)


# Asking again


async def test_statuses_are_asked_of_the_instance_where_they_were_written(client, web):
    at_home = f"http://{web.host}/users/ada/statuses/"
    answer = status("1", uri=f"{at_home}1", favourites_count=30, account={"display_name": "Ada L."})
    web.answer("/api/v1/statuses/1", json.dumps(answer))
    web.answer("/api/v1/statuses/2", '{"error": "Record not found"}', "404 Not Found")
    web.answer("/api/v1/statuses/3", '{"error": "Gone"}', "410 Gone")
    client.settings = SourceSettings(True, {"instances": [f"http://{web.host}"]})
    known = [KnownPost(f"{at_home}{number}", "ada@one.example", None) for number in (1, 2, 3)]
    elsewhere = [KnownPost(f"https://two.example/users/a/statuses/{number}", None, None) for number in (4, 5)]
    source = Mastodon()
    assert isinstance(source, Refreshable)
    found = await source.refresh(client, [*known, *elsewhere], NOW)
    assert found.engagements == {f"{at_home}1": Engagement(likes=30, reposts=2, replies=1, quotes=4)}
    assert found.names == {"ada@one.example": "Ada L."}
    assert found.gone == (f"{at_home}2", f"{at_home}3")
    assert len(web.requests) == 3


async def test_a_failure_is_raised_and_tells_nothing_of_any_status(client, web):
    web.answer("/api/v1/statuses/1", "no", "403 Forbidden")
    client.settings = SourceSettings(True, {"instances": [f"http://{web.host}"]})
    with pytest.raises(SourceError, match="403"):
        await Mastodon().refresh(client, [KnownPost(f"http://{web.host}/users/a/statuses/1", None, None)], NOW)


async def test_an_answer_that_cannot_be_used_costs_its_status_only(client, web):
    at_home = f"http://{web.host}/users/ada/statuses/"
    web.answer("/api/v1/statuses/1", "<html>")
    web.answer("/api/v1/statuses/2", json.dumps(status("2", uri=f"{at_home}2")))
    client.settings = SourceSettings(True, {"instances": [f"http://{web.host}"]})
    known = [KnownPost(f"{at_home}{number}", None, None) for number in (1, 2)]
    assert set((await Mastodon().refresh(client, known, NOW)).engagements) == {f"{at_home}2"}
    with pytest.raises(SourceError, match="no JSON"):
        await Mastodon().refresh(client, known[:1], NOW)


async def test_another_status_under_the_same_id_tells_nothing(client, web):
    web.answer("/api/v1/statuses/1", json.dumps(status("1")))
    client.settings = SourceSettings(True, {"instances": [f"http://{web.host}"]})
    found = await Mastodon().refresh(client, [KnownPost(f"http://{web.host}/users/a/statuses/1", None, None)], NOW)
    assert (dict(found.engagements), found.gone) == ({}, ())


# What is read


def test_parts_follow_the_hashtags_of_the_beats():
    beats = (Beat("a", "A", "A", Rule(any=("#AIAct", "ai act", "/x/", "#ai"))),)
    parts = Mastodon().parts(SourceSettings(True, {}), beats)
    assert [part.name for part in parts] == ["mastodon.social", "mstdn.social", "mas.to", "hachyderm.io"]
    assert parts[0].addresses[0] == "https://mastodon.social"
    assert sum(address.count("aiact") for address in parts[0].addresses) == 1
    assert Mastodon().parts(SourceSettings(False, {}), beats) == ()
    assert Mastodon().parts(SourceSettings(True, {"instances": []}), beats) == ()


@pytest.mark.parametrize(
    "options",
    [{"instances": [name]} for name in ("", "https://", "one.example/path", "a@b.example", "https://[x", "a b")]
    + [{"tags": [tag]} for tag in ("", "two words", "a/b", "#")],
)
def test_what_is_no_instance_or_hashtag_is_said(options):
    with pytest.raises(SourceError, match=r"no instance|no hashtag"):
        Mastodon().parts(SourceSettings(True, options), ())


def test_going_back_a_quarter_of_an_hour():
    assert rewound(id_at(NOW, 5)) == id_at(NOW - 15 * MINUTE, 5)
    assert rewound("01HF8GQQ1N8JCDNZ4V5J0RXPMB") == "01HF8GQQ1N8JCDNZ4V5J0RXPMB"
    assert rewound("17") == "17"
