from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.text.language import detect, is_english, normalise_tag


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The company was sued over the data that it trained its model on", "en"),
        ("Anthropic sued over training data", "en"),
        ("Guten Morgen, wie geht es dir heute?", "de"),
        ("L'IA générative bouleverse le monde du travail", "fr"),
        ("La inteligencia artificial cambia el mundo", "es"),
        ("A IA vai mudar tudo no Brasil", "pt"),
        ("これは日本語です", "ja"),
        ("人工智能的未来", "zh"),
        ("Новая модель вышла на этой неделе", "ru"),
        ("Guten Morgen @openai https://example.com/this-is-the-news-of-the-day #ThisIsEnglish wie geht es dir?", "de"),
    ],
)
def test_sentences_are_told(text: str, language: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize(
    "text",
    ["", "lol", "OpenAI", "🔥🔥🔥", "1234567890", "https://example.com/the/english/words/of/a/link", "@the_new_user"],
)
def test_what_is_short_or_no_language_is_not_guessed(text: str) -> None:
    assert detect(text) is None


@settings(deadline=None)
@given(st.text())
def test_any_text_gives_a_primary_tag_or_none(text: str) -> None:
    language = detect(text)
    assert language is None or (language.isascii() and language.islower() and len(language) == 2)


@pytest.mark.parametrize(
    ("tag", "normal"),
    [
        ("en", "en"), ("EN_us", "en-US"), ("eng", "en"), ("English", "en"), (" de ", "de"),
        ("zh-hans-cn", "zh-Hans-CN"), ("pt-BR", "pt-BR"), ("jp", "ja"), ("iw", "he"), ("nb-NO", "no-NO"),
        ("und", None), ("zxx", None), ("qme", None), ("", None), (None, None),
        ("12", None), ("klingon, maybe", None), ("e", None),
    ],
)  # fmt: skip
def test_tags_are_put_right(tag: str | None, normal: str | None) -> None:
    assert normalise_tag(tag) == normal


@given(st.text())
def test_a_tag_put_right_stays(tag: str) -> None:
    normal = normalise_tag(tag)
    assert normalise_tag(normal) == normal


def test_english_of_any_kind() -> None:
    assert all(map(is_english, ("en", "en-GB", "EN-us", "eng")))
    assert not any(map(is_english, (None, "de", "enm", "es", "")))
