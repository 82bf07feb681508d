"""Reading posts from JSON Lines and CSV. A line that cannot be read is told with its number and costs nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from monitor.instants import parse
from monitor.records import Deletion, Engagement, Post
from monitor.slugs import is_slug

Form = Literal["jsonl", "csv"]

LARGEST_FIELD = 2**24
"""Characters of the largest field of a CSV file."""

_REQUIRED = ("source", "native_id", "text", "published_at")
_SHOWN = 60
_LARGEST_INTEGER = 2**63 - 1
_MARK = "\ufeff"
_JSON_SPACE = " \t\n\r"

_is_slug = lru_cache(maxsize=256)(is_slug)


class BadLine(NamedTuple):
    """A line that was skipped."""

    number: int
    """From 1; of a CSV row over several lines, the first."""
    reason: str
    """Names the key where one is to blame."""


class _BadValueError(ValueError):
    """A key holds something else than it should."""


def read_posts(lines: Iterable[bytes | str], form: Form, now: int) -> Iterator[Post | Deletion | BadLine]:
    """The posts of a file in the order of its lines; unknown keys and columns are ignored, as are blank lines.

    Args:
        lines: a file that was opened (as UTF-8, with or without a byte order mark), or its lines.
        now: the instant at which posts without `collected_at` count as collected.
    """
    return _read_csv(lines, now) if form == "csv" else _read_json_lines(lines, now)


def _read_json_lines(lines: Iterable[bytes | str], now: int) -> Iterator[Post | Deletion | BadLine]:
    from json import JSONDecodeError

    decode = _json_decoder()
    for number, raw in enumerate(lines, 1):
        try:
            line = raw.decode() if isinstance(raw, bytes) else raw
            if number == 1:
                line = line.removeprefix(_MARK)
            if line.isspace() or not line:
                continue
            record = decode(line)
            yield _read_record(record, now) if isinstance(record, dict) else BadLine(number, "not a JSON object")
        except _BadValueError as error:
            yield BadLine(number, str(error))
        except UnicodeDecodeError as error:
            yield BadLine(number, f"not UTF-8 at byte {error.start + 1}")
        except JSONDecodeError as error:
            yield BadLine(number, f"not valid JSON: {error.msg.removesuffix(' at')} at column {error.pos + 1}")
        except (ValueError, RecursionError):
            yield BadLine(number, "not readable JSON: a number too long or values nested too deeply")


def _json_decoder() -> Callable[[str], Any]:
    """A function from a line to its value; unlike the library's it looks for white space only where there is some."""
    from json import JSONDecodeError, JSONDecoder

    decoder = JSONDecoder()
    read = decoder.raw_decode

    def decode(line: str) -> Any:
        try:
            value, end = read(line)
            if not line[end:].strip(_JSON_SPACE):
                return value
        except JSONDecodeError:
            pass
        return decoder.decode(line.rstrip(_JSON_SPACE))

    return decode


def _read_csv(lines: Iterable[bytes | str], now: int) -> Iterator[Post | Deletion | BadLine]:
    import csv

    csv.field_size_limit(max(LARGEST_FIELD, csv.field_size_limit()))
    rows = csv.reader(_decoded(lines), strict=True)
    columns: list[str] | None = None
    while True:
        number = rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield BadLine(number, f"not a CSV row: {_csv_reason(str(error))}")
            continue
        if not row:
            continue
        if columns is None:
            columns = [name.strip() for name in row]
            missing = [name for name in _REQUIRED if name not in columns]
            if missing:
                what = "column" if len(missing) == 1 else "columns"
                yield BadLine(number, f"the header has no {what} {', '.join(missing)}; nothing was read")
                return
            continue
        yield _read_row(number, columns, row, now)


def _decoded(lines: Iterable[bytes | str]) -> Iterator[str]:
    """Lines of text; bytes that are not UTF-8 become lone surrogates, to be told with their row."""
    for index, raw in enumerate(lines):
        line = raw.decode("utf-8", "surrogateescape") if isinstance(raw, bytes) else raw
        yield line if index else line.removeprefix(_MARK)


def _field_count(found: int, expected: int) -> str:
    return f"{found} {'field' if found == 1 else 'fields'}, where the header has {expected}"


def _csv_reason(error: str) -> str:
    if error == "unexpected end of data":
        return "a quoted field is not closed, and the rest of the file went into it"
    return "a field is too large" if "field larger" in error else error


def _read_row(number: int, columns: list[str], row: list[str], now: int) -> Post | Deletion | BadLine:
    if len(row) != len(columns):
        return BadLine(number, _field_count(len(row), len(columns)))
    record: dict[str, Any] = {name: field for name, field in zip(columns, row, strict=True) if field}
    for name, field in record.items():
        if not field.isascii() and any("\udc80" <= character <= "\udcff" for character in field):
            return BadLine(number, f"{name}: not UTF-8")
        if name in Engagement._fields and field.isascii() and field.isdigit() and len(field) < 20:
            record[name] = int(field)
    record.setdefault("text", "")
    try:
        return _read_record(record, now)
    except _BadValueError as error:
        return BadLine(number, str(error))


def _read_record(record: Mapping[str, Any], now: int) -> Post | Deletion:
    """A post of the keys of a line, or the word that it was deleted, as `monitor posts` writes it.

    Raises:
        _BadValueError: a key is missing or holds something else than it should.
    """
    get = record.get
    if get("deleted") in (True, "true"):
        return Deletion(_source(record), _native_id(record))
    text = get("text")
    if not isinstance(text, str):
        raise _wrong(record, "text", "a text")
    title = _optional_text(record, "title") if "title" in record else None
    if not title and (not text or text.isspace()):
        raise _BadValueError("text: empty, and there is no title")
    return Post(
        _source(record),
        _native_id(record),
        text,
        _time(record, "published_at"),
        now if get("collected_at") in (None, "") else _time(record, "collected_at"),
        title,
        _optional_text(record, "url") if "url" in record else None,
        _optional_text(record, "author") if "author" in record else None,
        _optional_text(record, "author_name") if "author_name" in record else None,
        _optional_text(record, "lang") if "lang" in record else None,
        Engagement(
            _count(record, "likes") if "likes" in record else None,
            _count(record, "reposts") if "reposts" in record else None,
            _count(record, "replies") if "replies" in record else None,
            _count(record, "quotes") if "quotes" in record else None,
            _count(record, "views") if "views" in record else None,
        ),
    )


def _wrong(record: Mapping[str, Any], key: str, expected: str) -> _BadValueError:
    value = record.get(key)
    if value is None:
        return _BadValueError(f"{key}: missing")
    shown = repr(value)
    if len(shown) > _SHOWN:
        shown = shown[: _SHOWN - 3] + "..."
    return _BadValueError(f"{key}: expected {expected}, found {shown}")


def _source(record: Mapping[str, Any]) -> str:
    value = record.get("source")
    if isinstance(value, str) and _is_slug(value):
        return value
    raise _wrong(record, "source", "a slug such as bluesky")


def _native_id(record: Mapping[str, Any]) -> str:
    value = record.get("native_id")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and value and not value.isspace():
        return value
    raise _wrong(record, "native_id", "a text that is not empty")


def _time(record: Mapping[str, Any], key: str) -> int:
    value = record.get(key)
    if isinstance(value, str):
        try:
            return parse(value)
        except ValueError:
            pass
    raise _wrong(record, key, "an ISO 8601 time")


def _optional_text(record: Mapping[str, Any], key: str) -> str | None:
    value = record.get(key)
    if value is None or isinstance(value, str):
        return value or None
    raise _wrong(record, key, "a text or null")


def _count(record: Mapping[str, Any], key: str) -> int | None:
    value = record.get(key)
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST_INTEGER:
        return value
    if value == "":
        return None
    raise _wrong(record, key, "a whole number from 0 on, or null")
