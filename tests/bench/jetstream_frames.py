"""Frames of Jetstream as the network sends them, made up: several languages, replies, links, cards, likes of nothing.

What share of them is kept depends on the beats; `about` says how many are about the field.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

from monitor.instants import render

_DAILY = {
    "en": (
        "Good morning everyone, the coffee is strong and the cat has opinions about it",
        "I can't believe they cancelled that show after one season, it had everything",
        "Walked along the river today and saw three herons. Small joys.",
        "Does anybody know a decent plumber in Leeds? The boiler is dead again",
        "New chapter is up! Thank you all for being so patient with me this month",
        "lol no",
        "This is the kind of game where you need two goals and a miracle in the last ten minutes, and yet here we are",
    ),
    "ja": ("おはようございます。今日も一日がんばりましょう", "新しいイラストを描きました！見てください", "眠い…"),
    "pt": ("bom dia gente, hoje o dia promete ser longo demais", "não aguento mais essa chuva, socorro", "kkkkkkk"),
    "de": ("Guten Morgen aus dem Zug, der heute ausnahmsweise pünktlich ist", "Wer kommt heute Abend mit?"),
    "es": ("Qué partido más aburrido, de verdad", "Buenos días, hoy toca madrugar y no me apetece nada"),
    "ko": ("오늘 날씨가 정말 좋네요", "점심 뭐 먹지"),
}
_WEIGHTS = {"en": 46, "ja": 22, "pt": 12, "de": 7, "es": 7, "ko": 3}
_ABOUT = (
    "The new open weights model is better than I expected, and it runs on my laptop",
    "ChatGPT wrote my cover letter and now I have an interview, which feels wrong",
    "Regulators in Brussels are looking at how artificial intelligence is used in hiring. About time!",
    "My students hand in essays written by AI and I can tell by the second sentence. Exhausting.",
    "Nvidia's data centre sales are absurd, the whole market hangs on machine learning now",
)
_CARDS = (
    "A long read on the state of the railways",
    "Ten recipes for the cold months",
    "Match report and player ratings",
)


def frames(count: int, about: float, start_us: int, generator: random.Random) -> Iterator[bytes]:
    """So many frames in the order of time, a few of which are no posts.

    Args:
        count: How many.
        about: The share of posts that are about the field.
        start_us: The time of the first, in microseconds; others follow every 20 milliseconds.
        generator: Draws everything.
    """
    for number in range(count):
        time_us = start_us + number * 20_000
        did = f"did:plc:{generator.randrange(36**6):024d}"
        frame = {"did": did, "time_us": time_us, "kind": "commit"}
        kind = generator.random()
        if kind < 0.02:
            frame |= {"kind": "identity", "identity": {"did": did, "handle": "someone.bsky.social", "seq": number}}
        else:
            commit = {"rev": f"3l{number:011d}", "collection": "app.bsky.feed.post", "rkey": f"3l{number:011d}"}
            if kind < 0.06:
                commit["operation"] = "delete"
            else:
                commit |= {"operation": "create", "record": record(number, time_us, about, generator)}
                commit["cid"] = f"bafyrei{generator.randrange(36**8):052d}"
            frame["commit"] = commit
        yield json.dumps(frame, ensure_ascii=False, separators=(",", ":")).encode()


def record(number: int, time_us: int, about: float, generator: random.Random) -> dict[str, object]:
    """A post, which is about the field with that probability."""
    if generator.random() < about:
        lang, text = "en", f"{generator.choice(_ABOUT)} ({number})"
    else:
        lang = generator.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
        text = f"{generator.choice(_DAILY[lang])} {number}"
    record: dict[str, object] = {
        "$type": "app.bsky.feed.post",
        "createdAt": render(time_us // 1000),
        "langs": [lang],
        "text": text,
    }
    if generator.random() < 0.45:
        parent = {
            "cid": f"bafyrei{number:052d}",
            "uri": f"at://did:plc:{number:024d}/app.bsky.feed.post/3l{number:011d}",
        }
        record["reply"] = {"parent": parent, "root": parent}
    if generator.random() < 0.1:
        link = "https://news.example/articles/" + str(number)
        start = len(text.encode()) + 1
        record["text"] = f"{text} news.example/articles/…"
        index = {"byteStart": start, "byteEnd": start + len("news.example/articles/…".encode())}
        feature = {"$type": "app.bsky.richtext.facet#link", "uri": link}
        record["facets"] = [{"$type": "app.bsky.richtext.facet", "index": index, "features": [feature]}]
        card = {"uri": link, "title": generator.choice(_CARDS), "description": "What happened, and what comes next."}
        record["embed"] = {"$type": "app.bsky.embed.external", "external": card}
    return record
