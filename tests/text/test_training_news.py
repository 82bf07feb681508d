from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.text.training import Texts, read_texts
from monitor.text.training_news import main, read_news


def line(text: str, *polarities: float) -> str:
    targets = [{"mention": "a", "from": 0, "to": 1, "polarity": polarity} for polarity in polarities]
    return json.dumps({"primary_gid": "x", "sentence_normalized": text, "targets": targets})


LINES = [
    line("A praised  B\tand C", 6.0, 6.0),
    line("A sued B", 2.0, 4.0),
    line("A met B.", 4.0),
    line("A fell.", 2.0),
]
READ = Texts(("A praised B and C", "A met B.", "A fell."), ("positive", "neutral", "negative"))


def test_sentences_with_one_mood_are_taken() -> None:
    assert read_news(LINES) == READ


@pytest.mark.parametrize("bad", ["", "[]", "{}", '{"sentence_normalized": "a", "targets": [{"polarity": 3}]}', "1"])
def test_other_lines_are_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="line 2: not a sentence of NewsMTSC"):
        read_news([LINES[0], bad])


def test_what_is_printed_can_be_learnt_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "train.jsonl"
    file.write_text("\n".join(LINES), "utf-8")
    assert main([str(file)]) == 0
    assert read_texts(capsys.readouterr().out.splitlines()) == READ
    assert main([str(tmp_path / "none")]) == 1
    assert "none" in capsys.readouterr().err
