from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config import ConfigError, load
from monitor.config.model import ModelSettings
from monitor.config.showing import effective


def table(tmp_path: Path, lines: str) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(f"[model]\n{lines}\n", encoding="utf-8")
    return file


def test_there_is_no_model_unless_one_is_named():
    assert load().model is None
    assert "model" not in effective(load())


def test_a_model_has_the_usual_address_and_ceilings(tmp_path: Path):
    file = table(tmp_path, 'api = "anthropic"\nname = "claude-sonnet-5-5"')
    for _ in range(2):  # the second time from the cache
        settings = load(file).model
        assert settings == ModelSettings("anthropic", "claude-sonnet-5-5")
        assert settings is not None
        assert settings.address == "https://api.anthropic.com"
        assert settings.tokens_per_day == 200_000
    shown = effective(load(file))["model"]
    assert isinstance(shown, dict)
    assert shown["name"] == "claude-sonnet-5-5"


def test_every_key_counts(tmp_path: Path):
    lines = """
    api = "openai"
    name = "local"
    endpoint = "http://localhost:8080/v1/"
    api_key_file = "key"
    most_tokens = 100
    context_tokens = 200
    timeout_seconds = 3
    tokens_per_day = 4
    tokens_per_month = 5.5
    """
    settings = load(table(tmp_path, lines)).model
    assert settings == ModelSettings("openai", "local", "http://localhost:8080/v1/", "key", 100, 200, 3, 4.0, 5.5)
    assert settings is not None
    assert settings.address == "http://localhost:8080/v1"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ('name = "x"', "model.api: the model needs an api, one of anthropic, openai, ollama"),
        ('api = "openai"', "model.name: the model needs a name"),
        ('api = "openay"\nname = "x"', 'config.toml:2: model.api: there is no such api (did you mean "openai"?)'),
        ('api = "openai"\nname = " "', "model.name: must not be blank"),
        ('api = "openai"\nname = "x"\napi_key = "sk-1"', "model.api_key: a secret does not belong in this file"),
        ('api = "openai"\nname = "x"\nendpont = "http://a"', 'unknown key (did you mean "endpoint"?)'),
        ('api = "openai"\nname = "x"\nendpoint = "localhost:8080"', "expected an address such as"),
        ('api = "openai"\nname = "x"\nendpoint = "file:///etc"', "expected an address such as"),
        ('api = "openai"\nname = "x"\nendpoint = "http://[::1"', "expected an address such as"),
        ('api = "openai"\nname = "x"\nendpoint = "http://a/v1?key=7"', "expected an address such as"),
        ('api = "openai"\nname = "x"\nendpoint = "http://me:pw@host/v1"', "a login does not belong in an address"),
        ('api = "openai"\nname = "x"\nmost_tokens = 0', "expected a whole number from 1"),
        ('api = "openai"\nname = "x"\ntimeout_seconds = "9"', 'expected a whole number, found "9"'),
        ('api = "openai"\nname = "x"\ntokens_per_day = 0', "a ceiling is a number above 0"),
        ('api = "openai"\nname = "x"\ntokens_per_month = inf', "a ceiling is a number above 0"),
        ("api = 7\nname = 8", "model.name: expected a text in quotes, found 8"),
    ],
)
def test_a_mistake_is_named_with_its_key(tmp_path: Path, lines: str, told: str):
    with pytest.raises(ConfigError) as caught:
        load(table(tmp_path, lines))
    assert told in str(caught.value)
    assert "sk-1" not in str(caught.value)


def test_the_table_must_be_one(tmp_path: Path):
    file = tmp_path / "config.toml"
    file.write_text('model = "claude"\n')
    with pytest.raises(ConfigError) as caught:
        load(file)
    assert str(caught.value).count("\n") == 0
    assert "expected a table [model]" in str(caught.value)
