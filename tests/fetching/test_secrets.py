from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.fetching.secrets import FoundKey, Keyring, find, secrets_of, troubles_of
from monitor.sources.base import Secret, SourceKey

KEY = SourceKey("bearer_token", "X_BEARER_TOKEN", "of the app")
VALUE = "AAAA-secret-value"


def look(folder: Path, environment: dict[str, str] | None = None, **options: Any) -> FoundKey:
    return find("x", KEY, options, environment or {}, folder, Keyring())


def write(folder: Path, content: str | bytes, mode: int = 0o600) -> Path:
    file = folder / "token"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    file.chmod(mode)
    return file


def test_the_environment_comes_first(tmp_path: Path) -> None:
    write(tmp_path, "of the file")
    found = look(tmp_path, {"X_BEARER_TOKEN": f" {VALUE}\n"}, bearer_token_file="token")
    assert (found.place, found.where, found.secret) == ("environment", "X_BEARER_TOKEN", Secret(VALUE))


def test_an_empty_variable_is_none(tmp_path: Path) -> None:
    file = write(tmp_path, VALUE)
    found = look(tmp_path, {"X_BEARER_TOKEN": "  "}, bearer_token_file="token")
    assert (found.place, found.where, found.secret, found.trouble) == ("file", str(file), Secret(VALUE), "")


def test_a_path_may_begin_at_home_or_at_a_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, VALUE)
    monkeypatch.setenv("HOME", str(tmp_path))
    elsewhere = Path("/")
    assert look(elsewhere, bearer_token_file="~/token").secret == Secret(VALUE)
    given = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert look(elsewhere, given, bearer_token_file="$CREDENTIALS_DIRECTORY/token").secret == Secret(VALUE)
    assert look(elsewhere, given, bearer_token_file="${CREDENTIALS_DIRECTORY}/token").secret == Secret(VALUE)
    assert "not set" in look(elsewhere, bearer_token_file="$CREDENTIALS_DIRECTORY/token").trouble


def test_nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    assert look(tmp_path) == FoundKey("x", KEY)


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
@pytest.mark.parametrize("mode", [0o644, 0o606, 0o620])
def test_a_file_that_is_open_to_others_is_used_and_told(tmp_path: Path, mode: int) -> None:
    write(tmp_path, VALUE, mode)
    found = look(tmp_path, bearer_token_file="token")
    assert found.secret == Secret(VALUE)
    assert "chmod 600" in found.trouble


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
@pytest.mark.parametrize("mode", [0o400, 0o600, 0o640])
def test_a_file_that_a_group_may_read_is_meant_so(tmp_path: Path, mode: int) -> None:
    write(tmp_path, VALUE, mode)
    assert look(tmp_path, bearer_token_file="token").trouble == ""


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "empty"),
        (" \n", "empty"),
        ("one\ntwo", "more than one line"),
        (b"\xff\xfe", "no text"),
        ("a" * 20_000, "too long"),
    ],
)
def test_what_can_be_no_key_is_refused(tmp_path: Path, content: str | bytes, why: str) -> None:
    write(tmp_path, content)
    found = look(tmp_path, bearer_token_file="token")
    assert found.secret is None
    assert why in found.trouble


def test_neither_a_folder_nor_a_pipe_is_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "."):
        found = look(tmp_path, bearer_token_file=name)
        assert found.secret is None
        assert "cannot be used" in found.trouble


def test_a_secret_in_the_place_of_a_path_is_not_repeated(tmp_path: Path) -> None:
    found = look(tmp_path, bearer_token_file=VALUE)
    assert found.secret is None
    assert "not there" in found.trouble
    assert VALUE not in repr(found)


@pytest.fixture
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A package `keyring` with the one function that is asked for."""

    def install(body: str) -> None:
        (tmp_path / "keyring.py").write_text(f"def get_password(service, user):\n    {body}\n")
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.delitem(__import__("sys").modules, "keyring", raising=False)

    yield install
    __import__("sys").modules.pop("keyring", None)


def test_the_keyring_comes_last(tmp_path: Path, keyring: Any) -> None:
    keyring("return f'{service}/{user}'")
    found = look(tmp_path)
    assert (found.place, found.where) == ("keyring", "x.bearer_token")
    assert found.secret == Secret("discourse-monitor/x.bearer_token")
    assert look(tmp_path, {"X_BEARER_TOKEN": VALUE}).place == "environment"


@pytest.mark.parametrize("body", ["return None", "raise RuntimeError('locked')", "return 'two\\nlines'"])
def test_a_keyring_that_gives_nothing_is_no_trouble(tmp_path: Path, keyring: Any, body: str) -> None:
    keyring(body)
    assert look(tmp_path) == FoundKey("x", KEY)


def test_a_keyring_that_does_not_answer_is_asked_once(
    tmp_path: Path, keyring: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring("__import__('threading').Event().wait(30)")
    monkeypatch.setattr("monitor.fetching.secrets.PATIENCE", 0.05)
    asked = Keyring()
    assert asked.get("x.bearer_token") == ""
    began = time.monotonic()
    assert [asked.get("x.other") for _ in range(1000)] == [""] * 1000
    assert time.monotonic() - began < 20


@given(st.text(), st.text())
def test_no_text_in_the_configuration_or_the_environment_breaks_the_search(path: str, value: str) -> None:
    found = find("x", KEY, {"bearer_token_file": path}, {"X_BEARER_TOKEN": value}, Path("/nonexistent"), Keyring())
    assert found.secret is None or found.secret.reveal() == value.strip()
    assert "\n" not in (found.secret.reveal() if found.secret else "")


def test_what_is_found_goes_to_its_source_by_name() -> None:
    other = SourceKey("password", "P", "")
    found = (FoundKey("x", KEY, secret=Secret("a")), FoundKey("x", other, trouble="bad"), FoundKey("y", KEY))
    assert secrets_of(found, "x") == {"bearer_token": Secret("a")}
    assert troubles_of(found, "x") == ["bad"]
    assert secrets_of(found, "y") == {}
