"""The sample's stories: Markdown files that begin with a block of `key: value` lines between two lines of `---`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import cast

from monitor import instants
from monitor.records import Significance, Story, StoryCard


def read_stories(folder: Path, categories: Mapping[str, str]) -> list[Story]:
    """All stories of a folder, by name of file, which is their slug.

    Args:
        categories: the category of each beat.

    Raises:
        ValueError: a file is not of this form.
    """
    return [_read_story(path, categories) for path in sorted(folder.glob("*.md"))]


def _read_story(path: Path, categories: Mapping[str, str]) -> Story:
    opening, head, body = path.read_text("utf-8").split("---\n", 2)
    if opening:
        raise ValueError(f"{path.name} does not begin with ---")
    fields = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in head.splitlines())}
    beat = fields.get("beat")
    card = StoryCard(
        slug=path.stem,
        title=fields["title"],
        dek=fields["dek"],
        beat=beat,
        category=categories.get(beat) if beat else None,
        significance=cast(Significance, fields["significance"]),
        published_at=instants.parse(fields["published"]),
        url=f"https://stories.example/{path.stem}",
        origin="sample",
    )
    return Story(card, body.strip())
