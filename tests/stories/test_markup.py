from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.stories.markup import Footnote, Link, Mark, Span, Text, canonical, link, parse, plain, source_of

BITS = st.sampled_from(
    [
        *("{{", "}}", "}", "|", ":", "beat", "entity:", "story:", "none", "<", ">", "</beat>", '<beat slug="', '"'),
        *("[", "]", "¹", "12", "[¹]", "{{beat:ai-law|law}}", "<entity:openai>", "[/]", " ", "\n", "x", "\\"),
    ]
)
WHOLE = st.sampled_from(
    ["{{beat:ai-law|law}}", "<entity:openai>", '<beat slug="ai-law">law</beat>', "{{entity:none|None}}", "[¹]", "[12]"]
)
SOUP = st.lists(BITS | st.text(max_size=5), max_size=30).map("".join)


@given(SOUP)
@example("{{entity:foo|Fo")
def test_any_text_has_pieces_that_join_to_it(text):
    assert source_of(parse(text)) == text


@given(st.lists(WHOLE | st.text("ab .,\n"), max_size=20).map("".join))
def test_the_proper_form_says_the_same_and_stays_as_it_is(text):
    once = canonical(parse(text))
    assert canonical(parse(once)) == once
    assert plain(once) == plain(text)


@given(SOUP)
def test_spans_are_where_the_labels_stand(text):
    shown = plain(text)
    assert all(shown.text[each.start : each.end] == each.label for each in shown.links)
    assert all(shown.text[mark.start] == "[" and shown.text[mark.end - 1] == "]" for mark in shown.footnotes)


@given(
    st.sampled_from(["beat", "entity", "story"]),
    st.from_regex(r"\A[a-z0-9]+(-[a-z0-9]+){0,4}\Z").filter(lambda slug: slug not in {"none", "null", "undefined"}),
    st.text(st.characters(exclude_characters="{}|", exclude_categories=["Cs", "Z", "C"]), min_size=1),
)
def test_a_link_that_is_written_is_read_again(kind, slug, label):
    assert parse(link(kind, slug, label)) == (Link(link(kind, slug, label), kind, slug, label),)


@pytest.mark.parametrize(
    ("text", "shown", "links"),
    [
        ("a {{entity:deepseek|Qwen}} b", "a Qwen b", (Span("entity", "deepseek", "Qwen", 2, 6),)),
        ("{{ beat : ai-law | the law }}", "the law", (Span("beat", "ai-law", "the law", 0, 7),)),
        ("{{entity:none|None}} said", "None said", ()),
        ("{{entity:|nobody}}", "nobody", ()),
        ("<entity:openai> said", "openai said", (Span("entity", "openai", "openai", 0, 6),)),
        ("<entity:openai>OpenAI</entity>", "OpenAI", (Span("entity", "openai", "OpenAI", 0, 6),)),
        ('in <beat slug="ai-law">law</beat>.', "in law.", (Span("beat", "ai-law", "law", 3, 6),)),
        ('<beat slug="ai-law"/>', "ai law", (Span("beat", "ai-law", "ai law", 0, 6),)),
        ("ends in {{entity:meta|Met", "ends in Met", (Span("entity", "meta", "Met", 8, 11),)),
        ("ends in {{entity:meta", "ends in meta", (Span("entity", "meta", "meta", 8, 12),)),
        ("ends in {{entity:meta|Meta}", "ends in Meta", (Span("entity", "meta", "Meta", 8, 12),)),
        ("{{beat:ai-law}}", "ai law", (Span("beat", "ai-law", "ai law", 0, 6),)),
        ("{{person:x|y}} [red]b[/red] <b>", "{{person:x|y}} [red]b[/red] <b>", ()),
        ("{{beat:a|{{beat:b|c}}", "{{beat:a|c", (Span("beat", "b", "c", 9, 10),)),
    ],
)
def test_what_occurs_is_understood(text, shown, links):
    assert plain(text)[:2] == (shown, links)


def test_footnotes_of_both_kinds():
    assert parse("so[¹²] and[3].") == (
        Text("so"),
        Footnote("[¹²]", 12),
        Text(" and"),
        Footnote("[3]", 3),
        Text("."),
    )
    assert plain("so[3].").footnotes == (Mark(3, 2, 5),)
    assert plain("so[3].").text == "so[³]."


def test_the_proper_form_of_what_is_dirty():
    dirty = '{{entity:none|None}} and <entity:openai>, <beat slug="ai-law">law</beat>[1]'
    assert canonical(parse(dirty)) == "None and {{entity:openai|openai}}, {{beat:ai-law|law}}[¹]"


@pytest.mark.parametrize(
    "text", ["{{beat:" * 20_000, "{{beat:" + " " * 100_000, "<beat" + " " * 100_000, "[" * 100_000]
)
@pytest.mark.timeout(5)
def test_no_text_takes_long(text):
    assert source_of(parse(text)) == text


def test_a_blank_label_is_none() -> None:
    (link,) = parse("{{entity:open-ai| }}")
    assert (link.slug, link.label) == ("open-ai", "open ai")  # type: ignore[union-attr]
