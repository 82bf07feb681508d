"""A story in the forms in which it leaves the store, each with its numbered list of sources."""

from __future__ import annotations

import json
from collections.abc import Mapping

from monitor.nouns.stories import Story


def export(story: Story, form: str, names: Mapping[str, str] | None = None) -> str:
    """The story in one of `monitor.nouns.stories.FORMS`, as the text of a file.

    Args:
        names: those of the beats by their slugs, for the forms that tell a beat by its name.
    """
    beat = (names or {}).get(story.card.beat or "", "")
    if form == "json":
        from monitor.stories.json_form import story_tree

        return json.dumps(story_tree(story), ensure_ascii=False) + "\n"
    if form == "html":
        from monitor.stories import html_form

        return html_form.write(story, beat)
    if form == "text":
        from monitor.stories import export_form

        return export_form.write(story, beat)
    from monitor.stories import markdown_form

    return markdown_form.write(story)
