from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.stories.sentences import at, line_of, sentences


def test_sentences_end_with_their_quotation_and_their_mark():
    text = 'One said: "It is. Or is it?" Dr. Strangely agreed.[¹] 24 others, e.g. Bob, did not\n\nA new one.'
    assert [part.text for part in sentences(text)] == [
        'One said: "It is.',
        'Or is it?"',
        "Dr. Strangely agreed.[¹]",
        "24 others, e.g. Bob, did not",
        "A new one.",
    ]
    assert [part.paragraph for part in sentences(text)] == [0, 0, 0, 0, 1]
    assert line_of(text.index("A new"), text) == 3


@given(st.text('ab. A!?"\n¹[]', max_size=60))
def test_every_word_is_in_one_sentence(text):
    parts = sentences(text)
    assert all(text[part.start : part.end] == part.text for part in parts)
    assert "".join("".join(part.text for part in parts).split()) == "".join(text.split())
    for place, character in enumerate(text):
        if not character.isspace():
            part = parts[at(place, parts)]
            assert part.start <= place < part.end
