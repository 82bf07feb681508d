"""Asking again as the fetcher does it: a process, a store, and an instance of Mastodon on the loopback."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from monitor import instants
from monitor.records import PostQuery
from monitor.sources.registry import load_sources
from monitor.store.reader import open_reader
from tests.web_server import WebServer

CONFIG = """
[beats.zebrafish]
name = "Zebrafish"
category = "Test"
any = ["zebrafish"]

[sources.mastodon]
instances = ["{instance}"]
tags = ["zebrafish"]
"""


async def fetch_once(folder: Path, config: Path) -> str:
    homes = {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    environment = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")} | homes
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "monitor", "--store", str(folder / "monitor.db"), "--config", str(config)),
        *("-v", "fetch", "--once"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
    )
    _, log = await process.communicate()
    assert process.returncode == 0, log.decode()
    return log.decode()


async def test_what_is_shown_is_asked_about_again(tmp_path: Path, web: WebServer):
    at = int(time.time() * 1000) - 3_600_000
    home = f"http://{web.host}/users/ada/statuses/"

    def status(number: int, likes: int) -> dict[str, Any]:
        account = {"acct": "ada", "display_name": "Ada"}
        text = {"content": f"<p>A zebrafish, {number}</p>", "created_at": instants.render(at), "language": "en"}
        return text | {"id": str(number), "uri": f"{home}{number}", "account": account, "favourites_count": likes}

    web.answer("/api/v2/instance", json.dumps({"domain": "one.example"}))
    web.answer("/api/v1/timelines/tag/zebrafish", json.dumps([status(number, 1) for number in (3, 2, 1)]))
    web.answer("/api/v1/statuses/1", json.dumps(status(1, 99)))
    web.answer("/api/v1/statuses/2", '{"error": "Record not found"}', "404 Not Found")
    web.answer("/api/v1/statuses/3", "<html>no</html>")
    config = tmp_path / "config.toml"
    others = "".join(f"[sources.{slug}]\nenabled = false\n" for slug in load_sources() if slug != "mastodon")
    config.write_text(CONFIG.format(instance=web.url("")) + others)
    await fetch_once(tmp_path, config)
    with open_reader(tmp_path / "monitor.db") as reader:
        found = {stored.post.native_id.removeprefix(home): stored for stored in reader.posts(PostQuery())}
    assert {number: stored.deleted for number, stored in found.items()} == {"1": False, "2": True, "3": False}
    assert [found[number].post.engagement.likes for number in "13"] == [99, 1]
    assert (found["2"].post.text, found["2"].post.url, found["2"].post.author) == ("", None, None)
    asked = len(web.requests)
    log = await fetch_once(tmp_path, config)
    assert [request.path for request in web.requests[asked:] if "statuses" in request.path] == []
    assert "refresh-failed" not in log
