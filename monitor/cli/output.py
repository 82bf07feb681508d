"""The only writer to standard output. What it writes cannot steer the terminal, wherever the text came from."""

from __future__ import annotations

import os
import sys

from monitor.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO


def write(text: str) -> None:
    """Write text for a person, cleaned, and flush it."""
    _put(cleaned(text))


def cleaned(text: str) -> str:
    """The text as it may be written. What is printable throughout is spared the patterns, which take time to load."""
    if text.replace("\n", " ").isprintable():
        return text
    from monitor.text.clean import clean

    return clean(text)


def write_line(text: str = "") -> None:
    """Write one line, cleaned of everything that would make it two."""
    write(" ".join(cleaned(text).split()) + "\n")


def write_styled(text: str) -> None:
    """Write text that was cleaned before colour codes were added to it."""
    _put(text)


def write_json(value: object) -> None:
    """Write a value as one line of JSON."""
    import json

    write_json_text(json.dumps(value, ensure_ascii=False))


def write_json_text(document: str) -> None:
    """Write a JSON document that stands in one line."""
    sys.stdout.flush()
    sys.stdout.buffer.write(json_bytes(document))
    sys.stdout.flush()


def json_bytes(document: str) -> bytes:
    """A JSON document as one line of UTF-8, in which what a terminal could act on is escaped rather than lost."""
    if not document.isprintable():
        document = "".join(character if character.isprintable() else _escaped(character) for character in document)
    return document.encode() + b"\n"


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def tell(message: str) -> None:
    """Write a message to standard error, cleaned, in lines of its own."""
    stream = sys.stderr
    stream.write(_encodable(cleaned(message), stream) + "\n")
    stream.flush()


def write_file(file: str, content: bytes) -> None:
    """Write a file whole: it has its old content or the new one, never a part.

    Raises:
        OSError: it cannot be written.
    """
    from pathlib import Path

    path = Path(file)
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    target = path.resolve()
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with beside.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if target.exists():
            beside.chmod(target.stat().st_mode & 0o7777)
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def draws_blocks(stream: TextIO) -> bool:
    """Whether block characters can be written to a stream."""
    try:
        "▁╱±−".encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _put(text: str) -> None:
    stream = sys.stdout
    stream.write(_encodable(text, stream))
    stream.flush()


def _encodable(text: str, stream: TextIO) -> str:
    """The text with what the stream's encoding lacks replaced by question marks."""
    encoding = stream.encoding or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)
