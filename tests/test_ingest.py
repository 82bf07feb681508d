"""From a source's post to an analysed one."""

from __future__ import annotations

from pathlib import Path

from monitor.ingest import Ingester, clean_post, recall, whole_text
from monitor.records import Engagement, Post
from monitor.store.reader import open_reader
from monitor.store.writer import Changes, Writer
from monitor.text.sentiment import Scorer
from tests.store.factories import BEATS


def post(text: str, **fields: object) -> Post:
    return Post("news", "1", text, 1000, 2000, **fields)  # type: ignore[arg-type]


def test_what_matches_nothing_is_let_go_unless_it_is_imported() -> None:
    ingester = Ingester(BEATS, None)
    posts = [post("open weights are here"), post("a cake"), post("AI in the kitchen")]
    fetched = ingester.analyse(posts)
    assert [analysed.beats for analysed in fetched.kept] == [("open-models",), ("general",)]
    assert fetched.let_go == 1
    imported = ingester.analyse(posts, keep_all=True)
    assert [analysed.beats for analysed in imported.kept] == [("open-models",), (), ("general",)]
    assert imported.let_go == 0


def test_only_english_is_scored() -> None:
    ingester = Ingester(BEATS, Scorer())
    good, foreign, unknown = ingester.analyse(
        [
            post("AI is a wonderful success and everybody loves it", lang="en-GB"),
            post("AI ist ein wunderbarer Erfolg", lang="de"),
            post("AI 1234"),
        ]
    ).kept
    assert good.probabilities is not None
    assert good.probabilities[2] > good.probabilities[0]
    assert foreign.probabilities is None
    assert unknown.probabilities is None


def test_copies_share_a_cluster() -> None:
    first, second, other = (
        Ingester(BEATS, None)
        .analyse([post("AI wins! https://a.example/1"), post("ai WINS https://b.example"), post("AI loses")])
        .kept
    )
    assert first.cluster == second.cluster != other.cluster


def test_edited_copies_share_a_cluster_over_batches_and_restarts(tmp_path: Path) -> None:
    text = "AI agents have written all of the code of this release, says the company that sells them"
    with Writer(tmp_path / "monitor.db") as writer:
        writer.set_beats(BEATS, 0)
        ingester = Ingester(BEATS, None)
        first = ingester.analyse([post(text)]).kept
        second = ingester.analyse([post(f"{text} #wow")._replace(native_id="2")]).kept
        writer.commit(Changes(posts=[*first, *second]))
    with open_reader(tmp_path / "monitor.db") as reader:
        again = Ingester(BEATS, None, copies=recall(reader))
    third = again.analyse([post(text.replace("company", "firm"))._replace(native_id="3")]).kept
    assert first[0].cluster == second[0].cluster == third[0].cluster


def test_everything_from_outside_is_cleaned() -> None:
    hostile = Post(
        "news",
        "id\x1b[31m",
        "text\x1b]52;c;payload\x07 stays",
        1,
        2,
        title="two\nlines\x00",
        url="javascript:alert(1)",
        author="\x9b31mada",
        author_name="",
        engagement=Engagement(likes=-4, views=2**80),
    )
    cleaned = clean_post(hostile)
    assert (cleaned.native_id, cleaned.text, cleaned.title) == ("id", "text stays", "two lines")
    assert (cleaned.url, cleaned.author, cleaned.author_name) == (None, "ada", None)
    assert cleaned.engagement == Engagement(likes=0, views=2**63 - 1)


def test_a_title_that_is_the_text_counts_once() -> None:
    assert whole_text(post("same", title="same")) == "same"
    assert whole_text(post("text", title="title")) == "title\ntext"
    assert whole_text(post("", title="title")) == "title"
    assert whole_text(post("text")) == "text"
