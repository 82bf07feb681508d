from __future__ import annotations

import random
from pathlib import Path

import pytest

from monitor.records import Label
from monitor.text.sentiment_table import TableScorer
from monitor.text.sentiment_weights import write_weights
from monitor.text.shares import label_of
from monitor.text.training import Texts, main, read_texts, recalls, train
from monitor.text.training_features import Features, Lexicon, known_valences

MOODS: dict[Label, list[str]] = {
    "negative": ["awful", "broken", "sad"],
    "neutral": ["monday", "release", "report"],
    "positive": ["great", "happy", "shiny"],
}
FILLING = ["the", "a", "it", "and", "today", "model", "chip", "team"]


def made_up(texts: int, seed: int) -> Texts:
    """Texts of a few words, one or two of which tell the mood; "not" turns a positive one round."""
    chance = random.Random(seed)
    made, labels = [], []
    for _ in range(texts):
        label = chance.choice([*MOODS])
        words = chance.choices(FILLING, k=5)
        if label == "negative" and chance.random() < 0.4:
            place = chance.randrange(4)
            words[place : place + 2] = ["not", chance.choice(MOODS["positive"])]
        else:
            words[chance.randrange(5)] = chance.choice(MOODS[label])
        made.append(" ".join(words))
        labels.append(label)
    return Texts(tuple(made), tuple(labels))


def test_lines_are_read() -> None:
    assert read_texts(["label\ttext", "positive\tso good\n", "neutral\ta\tb"]) == Texts(
        ("so good", "a\tb"), ("positive", "neutral")
    )
    with pytest.raises(ValueError, match="line 2"):
        read_texts(["positive\tgood", "happy\tgood"])
    with pytest.raises(ValueError, match="line 3"):
        read_texts(["label\ttext", "positive\tgood", "negative"])


def test_known_valences_cover_words_emoji_and_the_news() -> None:
    valences = known_valences()
    assert valences.valence("wonderful") > 2
    assert valences.valence("#wonderful") > 2
    assert valences.valence("😡") < 0 < valences.valence("😍")
    assert valences.valence("backlash") < 0
    assert valences.valence("intelligence") == 0


class TestWithNumbers:
    """What needs the extra `train`."""

    @pytest.fixture(autouse=True)
    def _needs_scipy(self) -> None:
        pytest.importorskip("scipy")

    def test_moods_are_learnt_and_negation_with_them(self) -> None:
        weights = train(made_up(900, 1), {"name": "made-up"}, Lexicon({}))
        scorer = TableScorer(write_weights(weights))
        assert recalls(scorer, made_up(300, 2)).mean > 0.95
        happy, not_happy = scorer.score(["the team happy", "not the happy team"])
        assert happy[2] > 0.5 > not_happy[2]
        assert not_happy[0] > 0.5

    def test_words_that_no_text_had_score_by_their_valence(self) -> None:
        lexicon = Lexicon({"awful": -3.0, "sad": -2.0, "great": 3.0, "happy": 2.5, "superb": 3.0, "dire": -3.0})
        scorer = TableScorer(write_weights(train(made_up(900, 3), {"name": "made-up"}, lexicon)))
        superb, dire, not_superb = scorer.score(["it superb", "it dire", "it not superb"])
        assert superb[2] > superb[0]
        assert dire[0] > dire[2]
        assert not_superb[2] < superb[2]

    def test_texts_of_another_kind_teach_words_that_the_first_kind_does_not_have(self) -> None:
        others: list[tuple[str, Label]] = [("court fines maker", "negative"), ("prize for lab", "positive")]
        others.append(("talks on friday", "neutral"))
        also = Texts(tuple(text for text, _ in others) * 40, tuple(label for _, label in others) * 40)
        data = made_up(900, 8)
        without, taught = (TableScorer(write_weights(train(data, {}, Lexicon({}), more))) for more in ((), (also,)))
        new = [label_of(row) for row in taught.score(list(also.texts[:3]))]
        assert new == list(also.labels[:3])
        assert len({*without.score(list(also.texts[:3]))}) == 1
        assert recalls(taught, made_up(300, 9)).mean > 0.95

    def test_a_text_cannot_be_read_out_of_the_weights(self) -> None:
        data = made_up(300, 4)
        secret = Texts((*data.texts, "xylophone zeppelin"), (*data.labels, "positive"))
        weights = train(secret, {}, Lexicon({}))
        assert not {"xylophone", "zeppelin"} & weights.words.keys()
        assert not any("zeppelin" in pair for pair in weights.pairs)

    def test_the_same_texts_give_the_same_file(self) -> None:
        data = made_up(300, 5)
        assert write_weights(train(data, {}, Lexicon({}))) == write_weights(train(data, {}, Lexicon({})))

    def test_features_are_counts_over_the_root_of_the_length(self) -> None:
        import numpy as np

        features = Features(["good good bad ok", "good bad"], Lexicon({}))
        columns = features.columns(np.array([0, 1]))
        assert list(columns.keys["words"]) == ["good", "bad"]
        assert columns.matrix[0, 0] == pytest.approx(2 / 2)
        assert columns.matrix[1, 0] == pytest.approx(1 / 2**0.5)

    def test_a_missing_class_is_refused(self) -> None:
        data = Texts(("a", "b") * 20, ("positive", "neutral") * 20)
        with pytest.raises(ValueError, match="class"):
            train(data, {}, Lexicon({}))

    def test_from_files_to_a_file(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        for name, data in (("train", made_up(600, 6)), ("validation", made_up(100, 7))):
            lines = [f"{label}\t{text}" for text, label in zip(data.texts, data.labels, strict=True)]
            (tmp_path / name).write_text("\n".join(["label\ttext", *lines]))
        output = tmp_path / "weights"
        files = [str(tmp_path / name) for name in ("train", "validation")]
        arguments = [*files, "--also", files[1], "-o", str(output), "--name", "mine"]
        assert main(arguments) == 0
        assert TableScorer(output.read_bytes()).name.startswith("mine/")
        assert "mean" in capsys.readouterr().out

    def test_unreadable_files_are_said(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main([str(tmp_path / "none"), str(tmp_path / "none"), "-o", str(tmp_path / "weights")]) == 1
        assert "none" in capsys.readouterr().err
