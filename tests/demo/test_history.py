"""The file of the sample's history."""

from __future__ import annotations

from monitor.demo import demo_config
from monitor.demo.history import History, pack, unpack
from monitor.demo.sample import folder
from monitor.ingest import whole_text
from monitor.records import AnalysedPost, Engagement
from monitor.text.beats import BeatTagger
from monitor.text.copies import fingerprint
from monitor.text.sentiment import NAME


def _shipped() -> History:
    return unpack((folder() / "history.json.z").read_bytes())


def test_a_history_survives_its_file() -> None:
    history = _shipped()
    few = history._replace(posts=history.posts[:500])
    assert [_said(post) for post in unpack(pack(few)).posts] == [_said(post) for post in few.posts]


def _said(analysed: AnalysedPost) -> tuple[object, ...]:
    """All but the identifiers, which count the posts of a file."""
    post = analysed.post
    assert isinstance(post.engagement, Engagement)
    return (
        post.source,
        post.published_at,
        post.title,
        post.text,
        post.author,
        post.lang,
        post.engagement,
        analysed[1:],
    )


def test_the_shipped_history_was_made_by_the_present_rules_and_scorer() -> None:
    history = _shipped()
    assert history.rules_hash == demo_config().rules_hash, "run python sample_data/make.py"
    assert history.scorer == NAME, "run python sample_data/make.py"


def test_the_shipped_history_says_what_analysing_it_again_would_say() -> None:
    posts = _shipped().posts[::97]
    texts = [whole_text(analysed.post) for analysed in posts]
    assert BeatTagger(demo_config().beats).tag(texts) == [analysed.beats for analysed in posts]
    assert [fingerprint(text) for text in texts] == [analysed.cluster for analysed in posts]


def test_no_two_posts_of_the_history_share_an_identifier() -> None:
    posts = [analysed.post for analysed in _shipped().posts]
    assert len({(post.source, post.native_id) for post in posts}) == len(posts)
