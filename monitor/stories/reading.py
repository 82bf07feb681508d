"""Reading a story in whichever form it comes."""

from __future__ import annotations

from monitor.nouns.stories import Story
from monitor.stories import export_form, json_form, markdown_form, page_form
from monitor.stories.errors import StoryError
from monitor.text.clean import clean

LONGEST = 1_000_000
"""Characters of a file; no story is longer."""


def read(text: str, now: int | None = None) -> Story:
    """Read a story: the plain-text export, JSON, our own Markdown, the text of a page, or an article.

    Args:
        text: The whole file.
        now: Tells the years of dates that have none; without it such dates stay unknown.

    Raises:
        StoryError: it is no story.
    """
    if len(text) > LONGEST:
        raise StoryError(f"the file has more than {LONGEST:,} characters; no story has")
    cleaned = clean(text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    if not cleaned.strip():
        raise StoryError("the file is empty")
    if json_form.matches(cleaned):
        return json_form.read(cleaned)
    if export_form.matches(cleaned):
        return export_form.read(cleaned)
    if markdown_form.matches(cleaned):
        return markdown_form.read(cleaned)
    return page_form.read(cleaned, now)
