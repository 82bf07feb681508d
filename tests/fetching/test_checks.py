from __future__ import annotations

from typing import Any

import pytest

from monitor.fetching.checks import BatchError, check_batch
from monitor.records import Deletion, Engagement


def test_a_full_batch_is_fine(post: Any, batch: Any) -> None:
    full = post(1)._replace(title="t", url="u", author="a", author_name="n", lang="en", engagement=Engagement(1, 2, 3))
    deletions = (Deletion("scripted", "1"), Deletion("scripted", author="a"))
    check_batch(batch(full, cursor="c", deletions=deletions, missed=(1, 2), next_poll=5, read=3))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("posts", None),
        ("posts", [1]),
        ("posts", ("a post",)),
        ("cursor", 5),
        ("covered", (5, 1)),
        ("covered", (1, 2, 3)),
        ("covered", "ab"),
        ("covered", (1.5, 2)),
        ("missed", (-1, 2)),
        ("deletions", ("x",)),
        ("deletions", (Deletion("scripted"),)),
        ("deletions", (Deletion("scripted", "1", "a"),)),
        ("read", -1),
        ("read", None),
        ("next_poll", float("nan")),
        ("next_poll", "soon"),
        ("damaged", -1),
        ("fraction", 1.5),
        ("fraction", None),
    ],
)
def test_a_wrong_field_of_a_batch_is_named(batch: Any, field: str, value: object) -> None:
    with pytest.raises(BatchError, match=field):
        check_batch(batch()._replace(**{field: value}))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("native_id", ""),
        ("native_id", 7),
        ("text", None),
        ("published_at", 1.5),
        ("published_at", True),
        ("collected_at", 1 << 63),
        ("title", b"bytes"),
        ("lang", 3),
        ("engagement", (1, 2)),
        ("aliases", None),
        ("aliases", ["a"]),
        ("aliases", (1,)),
        ("engagement", Engagement(likes="5")),  # type: ignore[arg-type]
    ],
)
def test_a_wrong_field_of_a_post_is_named_without_its_value(post: Any, batch: Any, field: str, value: object) -> None:
    with pytest.raises(BatchError, match=field):
        check_batch(batch(post(1)._replace(**{field: value})))


@pytest.mark.parametrize("nothing", [None, 5, (), "batch"])
def test_what_is_no_batch_at_all_is_refused(nothing: Any) -> None:
    with pytest.raises(BatchError):
        check_batch(nothing)
