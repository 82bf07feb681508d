"""A story in the forms in which it leaves the store, each with its numbered list of sources."""

from __future__ import annotations

import json

from monitor.nouns.stories import Story


def export(story: Story, form: str) -> str:
    """The story in one of `monitor.nouns.stories.FORMS`, as the text of a file."""
    if form == "json":
        from monitor.stories.json_form import story_tree

        return json.dumps(story_tree(story), ensure_ascii=False) + "\n"
    if form == "html":
        from monitor.stories import html_form

        return html_form.write(story)
    if form == "text":
        from monitor.stories import export_form

        return export_form.write(story)
    from monitor.stories import markdown_form

    return markdown_form.write(story)
