"""The sample itself: up to date, varied, hostile on the way in, harmless on the way out, and small enough to ship."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.demo import demo_config
from monitor.demo.last_day import read_last_day
from monitor.demo.narratives import read_stories
from monitor.demo.sample import folder, load_sample
from monitor.ingest import Ingester
from monitor.instants import DAY, HOUR
from monitor.records import AnalysedPost

_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_LARGEST_FILE = 1_400_000
_LARGEST_FOLDER = 4_000_000


@pytest.fixture(scope="module", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def last_day() -> tuple[AnalysedPost, ...]:
    posts = read_last_day(folder() / "last_day", load_sample()).posts
    return Ingester(demo_config().beats, None).analyse(posts, keep_all=True).kept


def test_the_sample_is_what_its_generator_makes() -> None:
    command = [sys.executable, "-B", str(folder() / "make.py"), "--check"]
    result = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"PYTHONHASHSEED": "7"})
    assert result.returncode == 0, result.stderr


def test_every_post_of_the_last_day_lies_in_it_and_outside_the_outage(last_day: tuple[AnalysedPost, ...]) -> None:
    sample = load_sample()
    for analysed in last_day:
        at = analysed.post.published_at
        assert sample.as_of - DAY <= at < sample.as_of
        assert at < analysed.post.collected_at < sample.as_of or at == analysed.post.collected_at
        assert not sample.outage[0] <= at < sample.outage[1]
    assert sample.outage[1] - sample.outage[0] >= 2 * HOUR


def test_every_post_belongs_to_a_beat_and_every_beat_has_posts(last_day: tuple[AnalysedPost, ...]) -> None:
    volumes = Counter(slug for analysed in last_day for slug in analysed.beats)
    assert all(analysed.beats for analysed in last_day)
    for beat in demo_config().beats.beats:
        assert 20 <= volumes[beat.slug] <= 500, beat.slug


def test_hostile_text_comes_in_and_harmless_text_comes_out(last_day: tuple[AnalysedPost, ...]) -> None:
    raw = b"".join(path.read_bytes() for path in (folder() / "last_day").glob("*.jsonl"))
    assert b"\\u001b[2J" in raw
    assert b"\\u202e" in raw
    for analysed in last_day:
        post = analysed.post
        for text in (post.title, post.text, post.author, post.author_name, post.url):
            assert not _UNSAFE.search(text or ""), text
    texts = [analysed.post.text for analysed in last_day]
    assert any("[@click=app.quit]" in text for text in texts)
    assert any("would clear your screen" in text for text in texts)
    assert any("\u200d" in text for text in texts)


def test_there_are_several_languages_and_copies(last_day: tuple[AnalysedPost, ...]) -> None:
    languages = {analysed.post.lang for analysed in last_day}
    assert {"en", "de", "fr", "es", "ja"} <= languages
    copies = Counter(analysed.cluster for analysed in last_day)
    cluster, count = copies.most_common(1)[0]
    posts = [analysed.post for analysed in last_day if analysed.cluster == cluster]
    assert count >= 40
    assert len({post.author for post in posts}) == count
    assert max(post.published_at for post in posts) - min(post.published_at for post in posts) < HOUR


def test_most_texts_are_met_once(last_day: tuple[AnalysedPost, ...]) -> None:
    copies = Counter(analysed.cluster for analysed in last_day)
    alone = sum(count == 1 for count in copies.values())
    assert alone / len(last_day) > 0.75


def test_addresses_belong_to_nobody(last_day: tuple[AnalysedPost, ...]) -> None:
    known = re.compile(
        r"https://([a-z0-9-]+\.)*example/.*"
        r"|https://bsky\.app/profile/did:web:[a-z0-9-]+\.example/post/[a-z2-7]+"
        r"|https://news\.ycombinator\.com/item\?id=90\d{7}"
    )
    for analysed in last_day:
        assert known.fullmatch(analysed.post.url or ""), analysed.post.url


def test_the_stories_are_whole_and_of_known_beats() -> None:
    categories = {beat.slug: beat.category for beat in demo_config().beats.beats}
    stories = read_stories(folder() / "stories", categories)
    assert len(stories) >= 12
    assert {story.card.significance for story in stories} == {"low", "medium", "high"}
    for story in stories:
        assert story.card.origin == "sample"
        assert story.card.beat is None or story.card.beat in categories
        assert story.card.category == (categories[story.card.beat] if story.card.beat else None)
        assert story.card.published_at < load_sample().as_of
        assert len(story.body.split("\n\n")) >= 3
        assert not _UNSAFE.search(story.body)


def test_the_sample_is_small() -> None:
    files = [path for path in folder().rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert max(path.stat().st_size for path in files) < _LARGEST_FILE
    assert sum(path.stat().st_size for path in files) < _LARGEST_FOLDER


def test_a_story_without_its_opening_is_refused(tmp_path: Path) -> None:
    (tmp_path / "odd.md").write_text("title: no opening\n---\n---\nBody")
    with pytest.raises(ValueError, match=r"odd\.md"):
        read_stories(tmp_path, {})
