from __future__ import annotations

from pathlib import Path

import pytest

from monitor.cli.doctor_model import look_at_model
from monitor.config import load
from monitor.models import Question, open_model
from tests.models.model_server import ModelServer, host

__all__ = ["host"]


def findings(tmp_path: Path, lines: str) -> list[tuple[str, str]]:
    file = tmp_path / "config.toml"
    file.write_text(f'[model]\nname = "a-model"\n{lines}\n', encoding="utf-8")
    return [(each.state, f"{each.what}; {each.advice}") for each in look_at_model(load(file), tmp_path / "monitor.db")]


def test_without_a_model_nothing_is_said(tmp_path: Path):
    assert list(look_at_model(load(), tmp_path / "monitor.db")) == []


async def test_what_was_spent_is_told(tmp_path: Path, host: ModelServer):
    file, store = tmp_path / "config.toml", tmp_path / "monitor.db"
    file.write_text(host.table("openai"), encoding="utf-8")
    async with open_model(load(file), store) as model:
        await model.ask(Question("Greet.", "Somebody."))
    (finding,) = look_at_model(load(file), store)
    assert finding.what.startswith("test-model-1, by openai at 127.0.0.1:")
    assert ", 120 of 200,000 tokens today" in finding.what


def test_what_the_model_lacks_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for variable in ("ANTHROPIC_API_KEY", "OPENAI_API_KEY", "MODEL_API_KEY"):
        monkeypatch.delenv(variable, raising=False)
    ((state, told),) = findings(tmp_path, 'api = "anthropic"')
    assert (state, "set ANTHROPIC_API_KEY" in told) == ("problem", True)
    ((state, told),) = findings(tmp_path, 'api = "ollama"')
    assert (state, "a-model, by ollama at localhost:11434; without a key" in told) == ("ok", True)
    ((state, told),) = findings(tmp_path, 'api = "openai"\napi_key_file = "nowhere"')
    assert (state, "names is not there" in told, "[sources" in told) == ("problem", True, False)
    monkeypatch.setenv("OPENAI_API_KEY", "s3cr3t")
    ((state, told),) = findings(tmp_path, 'api = "openai"')
    assert (state, "OPENAI_API_KEY" in told, "s3cr3t" in told) == ("ok", True, False)
