"""Making XML harmless before it is parsed: a document may not define entities or values of its own.

Each use of an entity stands for its whole text, so that a few kilobytes can ask for gigabytes ("billion laughs", and
its flat form, which no limit on nesting finds); a default value of an attribute does the same for each element.
"""

from __future__ import annotations

import re

_DECLARATION = re.compile(rb"<!(?=ENTITY|ATTLIST)")


def without_declarations(body: bytes, content_type: str) -> tuple[bytes, str]:
    """A document in UTF-8 without declarations, and the content type that it has then.

    It is decoded as feedparser does it, since what is a declaration depends on the encoding. Where one stood in text,
    such as in an article on XML, it stays as text.

    Args:
        body: As it was sent.
        content_type: The header, for its charset.
    """
    from feedparser.encodings import convert_to_utf8

    found: dict[str, object] = {}
    data = convert_to_utf8({"content-type": content_type}, body, found)
    if found.get("encoding"):
        kind = content_type.partition(";")[0].strip() or "application/xml"
        body, content_type = data, f"{kind}; charset=utf-8"
    return _DECLARATION.sub(b"&lt;!", body), content_type
