from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from monitor.tui.prose import Part, flow

WORDS = st.text(alphabet="ab 日\n", max_size=120)


def text_of(rows: list) -> list[str]:  # type: ignore[type-arg]
    return ["".join(text for text, _ in row.pieces) for row in rows]


def test_a_link_over_a_line_break_is_in_both_lines() -> None:
    text = "the open source community has gone quiet"
    rows = flow(text, 0, len(text), [Part(4, 25, 3, "underline")], 16)
    assert text_of(rows) == ["the open source", "community has", "gone quiet"]
    assert [row.spans for row in rows] == [((3, 4, 15),), ((3, 0, 9),), ()]
    assert rows[0].pieces == (("the ", "text"), ("open source", "underline"))
    assert [row.start for row in rows] == [0, 16, 30]


def test_two_links_side_by_side_stay_two() -> None:
    text = "Meta Llama"
    rows = flow(text, 0, 10, [Part(0, 4, 0, "a"), Part(5, 10, 1, "b")], 40)
    assert rows[0].pieces == (("Meta", "a"), (" ", "text"), ("Llama", "b"))


def test_a_part_of_a_word_can_be_a_link() -> None:
    rows = flow("Meta-backed", 0, 11, [Part(0, 4, 0, "a")], 40)
    assert rows[0].pieces == (("Meta", "a"), ("-backed", "text"))


def test_a_paragraph_within_a_text_keeps_its_offsets() -> None:
    text = "first\n\nsecond one"
    (row,) = flow(text, 7, len(text), [], 40)
    assert (row.start, row.pieces) == (7, (("second one", "text"),))


@given(WORDS, st.integers(2, 30), st.integers(0, 100), st.integers(1, 40))
def test_no_word_is_lost_and_no_line_too_long(text: str, width: int, start: int, length: int) -> None:
    start = min(start, len(text))
    parts = [Part(start, min(start + length, len(text)), 0, "link")]
    rows = flow(text, 0, len(text), parts, width)
    lines = text_of(rows)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
    linked = "".join("".join(words for words, style in row.pieces if style == "link") for row in rows)
    assert "".join(linked.split()) == "".join(text[start : parts[0].end].split())
    for row in rows:
        line = "".join(words for words, _ in row.pieces)
        assert line[:1] == text[row.start : row.start + 1]
        assert all(0 <= first < last <= cell_len(line) for _, first, last in row.spans)
