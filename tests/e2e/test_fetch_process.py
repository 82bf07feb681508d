"""`monitor fetch` as a process, against servers on the loopback that speak the sources' wire formats."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.fetching.lease import holder
from monitor.records import PostQuery, StoredPost
from monitor.sources.registry import load_sources
from monitor.store.errors import StoreError
from monitor.store.reader import open_reader
from monitor.store.recount import check_integrity, recount
from tests.fetching.servers import Jetstream, Web, native_id

KILLS = int(os.environ.get("MONITOR_KILLS", "5"))

CONFIG = """
[beats.zebrafish]
name = "Zebrafish"
category = "Test"
any = ["zebrafish"]

[sources.bluesky]
enabled = {bluesky}
endpoint = ["ws://127.0.0.1:{stream}/subscribe"]

[sources.news]
enabled = {news}
use_shipped_feeds = false
google_news = false
feeds = ["http://127.0.0.1:{web}/feed.xml"]

[sources.hackernews]
enabled = {hackernews}
endpoint = "http://127.0.0.1:{web}/api/v1/search_by_date"
"""


@pytest.fixture
def jetstream() -> Iterator[Jetstream]:
    server = Jetstream()
    yield server
    server.close()


@pytest.fixture
def web() -> Iterator[Web]:
    server = Web()
    yield server
    server.close()


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "monitor.db"


@pytest.fixture
def configure(tmp_path: Path, jetstream: Jetstream, web: Web) -> Callable[..., Path]:
    def write(*on: str, more: str = "") -> Path:
        switches = {slug: str(slug in on).lower() for slug in ("bluesky", "news", "hackernews")}
        path = tmp_path / "config.toml"
        others = "".join(f"[sources.{slug}]\nenabled = false\n" for slug in load_sources() if slug not in switches)
        path.write_text(CONFIG.format(stream=jetstream.port, web=web.port, **switches) + others + more)
        return path

    return write


Fetch = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def fetch(tmp_path: Path, store: Path) -> Iterator[Fetch]:
    """Start `monitor fetch`; what it says is in `log.txt`."""
    running = []
    homes = {f"XDG_{name}_HOME": str(tmp_path / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    environment = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")} | homes

    def start(config: Path, *arguments: str, largest_file: int | None = None) -> subprocess.Popen[str]:
        def limit() -> None:
            if largest_file is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

        command = [sys.executable, "-m", "monitor", "--store", str(store), "--config", str(config), "fetch", *arguments]
        with (tmp_path / "log.txt").open("a") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=environment,
                preexec_fn=limit,
            )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


@pytest.fixture
def said(tmp_path: Path) -> Callable[[], str]:
    return lambda: (tmp_path / "log.txt").read_text()


def eventually(condition: Callable[[], Any], seconds: float = 60.0) -> Any:
    deadline = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < deadline, "did not come true in time"
        time.sleep(0.02)
    return result


def posts(store: Path, source: str = "bluesky") -> dict[str, StoredPost]:
    """All posts of a source; each native id is met once."""
    try:
        with open_reader(store) as reader:
            rows = reader.posts(PostQuery(sources=(source,), limit=1_000_000))
    except StoreError:
        return {}
    found = {row.post.native_id: row for row in rows}
    assert len(found) == len(rows)
    return found


def end(process: subprocess.Popen[str], number: signal.Signals = signal.SIGTERM) -> int:
    process.send_signal(number)
    return process.wait(100)


def test_all_sources_are_collected_into_one_store(
    configure: Any, fetch: Fetch, jetstream: Jetstream, store: Path, said: Any
) -> None:
    jetstream.post(1)
    jetstream.post(2, "about the weather")
    process = fetch(configure("bluesky", "news", "hackernews"))
    eventually(lambda: posts(store) and len(posts(store, "news")) == 5 and posts(store, "hackernews"))
    assert list(posts(store)) == [native_id(1)], "what matches nothing is let go"
    assert end(process) == 143
    with open_reader(store) as reader:
        ledger = reader.ledger(since=0, source="bluesky")
        assert sum(row.let_go for row in ledger) == 1
        assert sum(row.kept for row in ledger) == 1
        assert all(row.outcome == "ok" for row in ledger)
        assert reader.cursor("bluesky", "posts") is not None
    assert process.stdout is not None
    assert process.stdout.read() == "", "nothing goes to standard output"
    assert "event=start" in said()
    assert "event=stop exit=143" in said()
    assert "Traceback" not in said()


def test_after_reconnects_each_post_is_there_once(
    configure: Any, fetch: Fetch, jetstream: Jetstream, store: Path
) -> None:
    jetstream.close_after = 40
    for number in range(60):
        jetstream.post(number)
    process = fetch(configure("bluesky"))
    eventually(lambda: jetstream.connections >= 2)
    jetstream.close_after = None
    for number in range(60, 100):
        jetstream.post(number)
    eventually(lambda: set(posts(store)) == {native_id(number) for number in range(100)})
    assert end(process, signal.SIGINT) == 130
    first, again = jetstream.cursors[:2]
    assert first is None
    assert again is not None
    assert again < jetstream.events[39][0], "the stream is taken up a little before where it ended"


def test_a_deleted_post_does_not_come_back_with_the_rewind(
    configure: Any, fetch: Fetch, jetstream: Jetstream, store: Path
) -> None:
    jetstream.post(1, "a zebrafish and its secret")
    process = fetch(configure("bluesky"))
    eventually(lambda: native_id(1) in posts(store))
    jetstream.delete(1)
    eventually(lambda: posts(store)[native_id(1)].deleted)
    end(process)
    process = fetch(configure("bluesky"))
    eventually(lambda: jetstream.connections == 2)
    jetstream.post(2)
    eventually(lambda: native_id(2) in posts(store))
    end(process)
    assert posts(store)[native_id(1)].deleted
    assert b"its secret" not in store.read_bytes()


def test_once_reads_everything_once_and_says_nothing(
    configure: Any, fetch: Fetch, jetstream: Jetstream, web: Web, store: Path, said: Any
) -> None:
    feeding = threading.Event()

    def feed() -> None:
        number = 0
        while not feeding.wait(0.05):
            jetstream.post(number)
            number += 1

    thread = threading.Thread(target=feed)
    thread.start()
    try:
        assert fetch(configure("bluesky", "news"), "--once").wait(100) == 0
    finally:
        feeding.set()
        thread.join()
    assert posts(store)
    assert len(posts(store, "news")) == 5
    assert web.asked == ["/feed.xml"]
    assert said() == ""
    assert holder(store) is None


def test_once_fails_where_every_source_failed(configure: Any, fetch: Fetch, web: Web, store: Path, said: Any) -> None:
    web.status = 503
    assert fetch(configure("news"), "--once").wait(100) == 1
    assert "503" in said()
    with open_reader(store) as reader:
        (row,) = reader.ledger(since=0)
    assert row.outcome == "failed"
    assert "503" in row.message


def test_a_choice_of_sources_reads_only_these(configure: Any, fetch: Fetch, web: Web, store: Path) -> None:
    assert fetch(configure("bluesky", "news"), "--once", "--source", "news").wait(100) == 0
    assert len(posts(store, "news")) == 5
    with open_reader(store) as reader:
        states = {row.slug: row.state for row in reader.sources(1 << 50)}
    assert states["bluesky"] == "", "it is not off, only not read this time"
    assert states["hackernews"] == "off"


def test_a_source_that_is_not_there_is_wrong_usage(configure: Any, fetch: Fetch, said: Any) -> None:
    assert fetch(configure("news"), "--source", "nwes").wait(100) == 2
    assert "news" in said()


def test_a_mistake_in_the_configuration_is_named(configure: Any, fetch: Fetch, said: Any) -> None:
    assert fetch(configure("news", more='\n[sources.news2]\nfeeds = ["x"]\n')).wait(100) == 2
    assert "news2" in said()


def test_a_second_fetcher_says_who_has_the_lease(
    configure: Any, fetch: Fetch, jetstream: Jetstream, store: Path, said: Any
) -> None:
    first = fetch(configure("bluesky"))
    eventually(lambda: jetstream.connections)
    second = fetch(configure("bluesky"))
    assert second.wait(100) == 1
    assert f"process {first.pid}" in said()
    assert jetstream.connections == 1
    assert end(first) == 143
    assert holder(store) is None


def test_a_waiting_child_takes_over_from_a_killed_fetcher_and_ends_with_its_parent(
    configure: Any, fetch: Fetch, jetstream: Jetstream, store: Path, said: Any
) -> None:
    first = fetch(configure("bluesky"))
    jetstream.post(1)
    eventually(lambda: native_id(1) in posts(store))
    child = fetch(configure("bluesky"), "--child")
    eventually(lambda: "event=waiting" in said())
    first.kill()
    jetstream.post(2)
    eventually(lambda: native_id(2) in posts(store))
    found = holder(store)
    assert found is not None
    assert found.pid == child.pid
    assert child.stdin is not None
    child.stdin.close()
    assert child.wait(100) == 0
    assert holder(store) is None


APP = """
import sys, threading
from pathlib import Path
from monitor.fetching.child import Supervisor
supervisor = Supervisor(Path(sys.argv[1]), Path(sys.argv[2]))
supervisor.check()
print("started", flush=True)
threading.Event().wait()
"""


def test_the_child_of_an_app_that_is_killed_ends(
    configure: Any, fetch: Fetch, jetstream: Jetstream, store: Path, tmp_path: Path
) -> None:
    environment = os.environ | {"XDG_STATE_HOME": str(tmp_path / "state"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    command = [sys.executable, "-c", APP, str(store), str(configure("bluesky"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as app:
        eventually(lambda: jetstream.connections)
        app.kill()
    jetstream.post(1)
    eventually(lambda: holder(store) is None)
    (log,) = (tmp_path / "state").rglob("fetch-*.log")
    assert "event=stop exit=0" in eventually(lambda: "event=stop" in log.read_text() and log.read_text())


def test_a_hangup_reads_the_configuration_again(
    configure: Any, fetch: Fetch, jetstream: Jetstream, store: Path, said: Any
) -> None:
    process = fetch(configure("bluesky"))
    eventually(lambda: "event=reading" in said())
    configure("bluesky", "news", more='[beats.quagga]\nname = "Quagga"\ncategory = "Test"\nany = ["quagga"]\n')
    process.send_signal(signal.SIGHUP)
    eventually(lambda: len(posts(store, "news")) == 5)
    assert jetstream.connections == 1, "a source that did not change goes on undisturbed"
    jetstream.post(1, "a quagga")
    assert eventually(lambda: posts(store))[native_id(1)].beats == ("quagga",)
    with open_reader(store) as reader:
        marks = {mark.kind for mark in reader.marks((0, 1 << 50))}
    assert marks == {"rules", "source"}
    configure("bluesky", more="[nonsense]\n")
    process.send_signal(signal.SIGHUP)
    eventually(lambda: "event=reload-refused" in said())
    jetstream.post(2)
    eventually(lambda: native_id(2) in posts(store))
    assert end(process) == 143


def test_a_damaged_store_is_said_in_a_sentence(configure: Any, fetch: Fetch, store: Path, said: Any) -> None:
    store.write_bytes(b"no database" * 100)
    assert fetch(configure("bluesky")).wait(100) == 1
    assert "not usable as a store" in said()
    assert "Traceback" not in said()


def test_a_full_disk_is_said_in_a_sentence_and_harms_nothing(
    configure: Any, fetch: Fetch, jetstream: Jetstream, store: Path, said: Any
) -> None:
    config = configure("bluesky")
    for number in range(2000):
        jetstream.post(number, "a zebrafish, and many more words about it, so that the disk fills up sooner")
    process = fetch(config, largest_file=800_000)
    assert process.wait(100) == 1
    assert "event=store" in said()
    assert "check the free space" in said()
    assert "Traceback" not in said()
    assert check_integrity(store) == []
    process = fetch(config)
    eventually(lambda: len(posts(store)) == 2000)
    assert end(process) == 143
    assert recount(store) == []


def test_without_a_network_each_source_says_so(configure: Any, fetch: Fetch, store: Path, said: Any) -> None:
    config = configure("bluesky", "news")
    text = config.read_text()
    config.write_text(text.replace("127.0.0.1", "nowhere.invalid"))
    process = fetch(config)

    def failed() -> set[str]:
        try:
            with open_reader(store) as reader:
                return {row.source for row in reader.ledger(since=0) if row.outcome == "failed"}
        except StoreError:
            return set()

    eventually(lambda: failed() == {"bluesky", "news"})
    assert end(process) == 143
    assert "Traceback" not in said()


@pytest.mark.timeout(120 + 6 * KILLS)
def test_a_fetcher_killed_at_any_moment_loses_and_doubles_nothing(
    configure: Any, fetch: Fetch, jetstream: Jetstream, store: Path
) -> None:
    config = configure("bluesky", "news")
    chance = random.Random(20261121)
    written = threading.Event()
    deleted = set()

    def write() -> None:
        number = 0
        while not written.wait(0.004):
            jetstream.post(number)
            if number % 10 == 9:
                deleted.add(number - 7)
                jetstream.delete(number - 7)
            number += 1

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for _ in range(KILLS):
            before = jetstream.connections
            process = fetch(config)
            if chance.random() < 0.9:
                eventually(lambda before=before: jetstream.connections > before)
            time.sleep(chance.uniform(0, 1.2))  # the moment is what is tested
            process.kill()
            process.wait()
            assert not store.exists() or check_integrity(store) == []
    finally:
        written.set()
        thread.join()
    wanted = {native_id(number) for number in range(sum('"create"' in frame for _, frame in jetstream.events))}
    process = fetch(config)
    eventually(
        lambda: set(posts(store)) == wanted and sum(row.deleted for row in posts(store).values()) == len(deleted)
    )
    eventually(lambda: len(posts(store, "news")) == 5)
    assert end(process) == 143
    assert {key for key, row in posts(store).items() if row.deleted} == {native_id(number) for number in deleted}
    assert check_integrity(store) == []
    assert recount(store) == [], "the rollups agree with the posts"
