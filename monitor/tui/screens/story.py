"""One story, to be read, walked and checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from monitor.nouns.stories import StoryVersion
from monitor.records import StoredPost, Story, StoryCard
from monitor.tui.asking import Answer
from monitor.tui.lines import Piece, outside
from monitor.tui.messages import LinkChosen, LinkOpened, StoryAsked
from monitor.tui.screens.base import PageScreen
from monitor.tui.story_material import Material, Target, beat_name, made_safe
from monitor.tui.widgets.story_text import StoryLine, StoryText

if TYPE_CHECKING:
    from textual.timer import Timer

REST_SECONDS = 1.0
"""After so long without a key the place is written down, in case the program does not end well."""


class StoryScreen(PageScreen):
    """Shows a story, the store's answer to its claims, and what it rests on.

    Args:
        card: the story.
        among: the stories among which the next and the previous one are found, in the order of the list.
        version: an earlier text of the story, shown in place of the present one.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "go(1)", "next story", id="story.next"),
        Binding("N", "go(-1)", "previous story", id="story.previous"),
        Binding("u", "toggle_read", "read and unread", id="story.read"),
        Binding("f,asterisk", "toggle_star", "star and unstar", id="story.star"),
        Binding("v", "findings", "the linter's findings", id="story.findings"),
        Binding("o", "open_link", "open the address of the chosen link, or of the story", id="story.link"),
        Binding("y", "copy", "copy as Markdown with its sources", id="story.copy"),
    ]

    HINTS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("app.help", "help"),
        ("screen.back", "back"),
        ("story.next-link", "links"),
        ("story.open", "open"),
        ("story.findings", "findings"),
        ("story.next", "next"),
        ("story.star", "star"),
        ("story.copy", "copy"),
        ("story.link", "link"),
        ("story.read", "unread"),
        ("app.quit", "quit"),
    )

    text: StoryText

    def __init__(
        self, card: StoryCard, among: Sequence[StoryCard] = (), *, version: StoryVersion | None = None
    ) -> None:
        self.material = Material(card)
        super().__init__(StoryText(self.material, id="text"))
        self.card = card
        self._among = tuple(among)
        self._version = version
        self._looked_for = ""
        """Slug of a story whose link was opened and that is being read."""
        self.line = StoryLine(id="story-line")
        self._resting: Timer | None = None

    def below(self) -> Sequence[Widget]:
        return (self.line,)

    def on_mount(self) -> None:
        self._begin(self.card)

    def _begin(self, card: StoryCard) -> None:
        """Show a story from where its reader stopped; its text comes from the thread that reads."""
        self.card = card
        reading = self.monitor.reading
        beats = {beat.slug: beat.name for beat in reading.snapshot.beats} if reading else {}
        now = reading.snapshot.as_of if reading else 0
        self.material = Material(card, version=self._version, beats=beats, now=now)
        if self._version is not None:
            self.material = self.material._replace(story=made_safe(Story(card, self._version.body)))
            self.text.begin(self.material)
        else:
            self.text.begin(self.material, self.monitor.bookmarks.of(card.slug).place)
            self.monitor.reading_thread.ask_story(card.slug)
        self._show_line()

    # What arrives

    def take(self, slug: str, story: Story | None) -> None:
        """A story was read: this one, or one that a link leads to."""
        if slug == self._looked_for:
            self._looked_for = ""
            self._follow(slug, story)
        elif slug == self.card.slug and self._version is None:
            self._take_own(story)

    def _take_own(self, story: Story | None) -> None:
        if story is None:
            self._know(self.material._replace(is_missing=True))
            return
        story = made_safe(story)
        self.card = story.card
        waiting = bool(story.body) and self.monitor.ask_about(story, self._tell)
        self._know(self.material._replace(card=story.card, story=story, state="waiting" if waiting else "none"))
        if story.body:
            self.monitor.bookmarks.set_read(self.card.slug, True)
            self.monitor.keep_bookmarks()

    def _tell(self, answer: Answer) -> None:
        """Called by the thread that asks."""
        self.post_message(StoryAsked(answer))

    @on(StoryAsked)
    def take_answer(self, message: StoryAsked) -> None:
        answer = message.answer
        if self.material.story == answer.story:
            done = answer.lint is not None or bool(answer.problem)
            state = "done" if done else self.material.state
            found = self.material._replace(
                dossier=answer.dossier, lint=answer.lint, problem=answer.problem, state=state
            )
            self._know(found)

    def _know(self, material: Material) -> None:
        self.material = material
        self.text.take(material)
        self._show_line()

    # The line below the text

    @on(LinkChosen)
    def follow_reader(self) -> None:
        """Show where one is, and keep the place once one rests there."""
        self._show_line()
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(REST_SECONDS, self._keep_place)

    def _show_line(self) -> None:
        target = self.text.chosen
        near: list[Piece]
        if target is not None:
            near = [(words_of_target(target, self.material), "text")]
        else:
            count = len(self.text.page.targets)
            near = [(f"{count} link{'s' if count != 1 else ''}", "muted")] if count else []
        kept = self.monitor.bookmarks.of(self.card.slug)
        far = [piece for piece in (("★ starred  ", "accent"),) if kept.starred]
        is_stub = self.material.card.origin == "stub"
        far += [] if kept.read or is_stub else [("• unread  ", "accent")]
        far.append((self._order(), "muted"))
        far.append((f"{100 * self.text.part_seen:.0f} %", "muted"))
        self.line.show(near, far)

    def _order(self) -> str:
        place = self._place()
        return f"{place + 1} of {len(self._among)}  " if place is not None and len(self._among) > 1 else ""

    def _place(self) -> int | None:
        return next((place for place, card in enumerate(self._among) if card.slug == self.card.slug), None)

    # Keys

    def action_go(self, steps: int) -> None:
        """Show the next or the previous story of the list."""
        place = self._place()
        if self._version is not None or place is None or not 0 <= place + steps < len(self._among):
            self.monitor.say("there is no further story in this list", warning=True)
            return
        self._keep_place()
        self._begin(self._among[place + steps])

    def action_toggle_read(self) -> None:
        kept = self.monitor.bookmarks.of(self.card.slug)
        self.monitor.bookmarks.set_read(self.card.slug, not kept.read)
        self._kept("unread again" if kept.read else "read")

    def action_toggle_star(self) -> None:
        kept = self.monitor.bookmarks.of(self.card.slug)
        self.monitor.bookmarks.set_starred(self.card.slug, not kept.starred)
        self._kept("no longer starred" if kept.starred else "starred")

    def _kept(self, words: str) -> None:
        self.monitor.keep_bookmarks()
        self._show_line()
        self.monitor.say(words)

    def action_findings(self) -> None:
        from monitor.tui.screens.findings import FindingsScreen

        lint = self.material.lint
        if lint is not None:
            self.app.push_screen(FindingsScreen(self.material, lint, self.text.go_to_claim))
        elif self.material.state == "waiting":
            self.monitor.say("the claims are still being checked")
        else:
            self.monitor.say(self.material.problem or "nothing was checked here", warning=True)

    def action_open_link(self) -> None:
        target = self.text.chosen
        address = None if target is None else address_of(target, self.material)
        self.monitor.open_link(address or self.card.url)

    def action_copy(self) -> None:
        from monitor.stories.clipping import clipping

        material = self.material
        story = material.story or Story(material.card, "")
        behind = material.dossier.behind if material.dossier is not None else None
        cited, quoted = (behind.cited, behind.quoted) if behind is not None else ({}, ())
        beat = beat_name(material.card, material.beats)
        sources = len(story.footnotes) + len(quoted)
        told = f"the story as Markdown, with {sources} {'source' if sources == 1 else 'sources'}"
        self.monitor.copy(clipping(story, beat, cited, quoted), told=told)

    # Links

    @on(LinkOpened)
    def open_target(self, message: LinkOpened) -> None:
        target = message.target
        if target.kind == "beat":
            self._open_beat(target)
        elif target.kind == "entity":
            self.monitor.open_entity(target.key, target.label)
        elif target.kind == "story":
            self._looked_for = target.key
            self.monitor.reading_thread.ask_story(target.key)
        elif target.kind == "note":
            self._open_note(target)
        elif target.kind == "post":
            self._open_post(post_of(target, self.material))
        elif target.kind == "version":
            self._open_version(target)
        else:
            self.monitor.open_link(target.key)

    def _open_beat(self, target: Target) -> None:
        from monitor.tui.screens.beat import BeatScreen

        if target.key in self.material.beats:
            self.app.push_screen(BeatScreen(beat=target.key))
        else:
            self.monitor.say(f"no beat {target.key} is followed here", warning=True)

    def _open_note(self, target: Target) -> None:
        """The post that a note cites, or why there is none to show."""
        post = post_of(target, self.material)
        if post is not None:
            self._open_post(post)
            return
        story = self.material.story
        note = next((one for one in story.footnotes if str(one.number) == target.key), None) if story else None
        if note is None:
            words = f"mark {target.key} points to no note: its file does not say what it cites"
        elif not note.url:
            words = f"note {target.key} names no address: {note.text}"
        elif self.material.dossier is None and self.material.state == "waiting":
            words = "the store is still being asked what this note cites"
        else:
            words = f"note {target.key} cites what the store does not hold: {note.url}"
        self.monitor.say(words, warning=True)

    def _open_post(self, post: StoredPost | None) -> None:
        if post is not None and post.deleted:
            self.monitor.say("this post was deleted by its author or its source; it is still counted", warning=True)
        else:
            self.monitor.open_post(post)

    def _open_version(self, target: Target) -> None:
        versions = self.material.dossier.versions if self.material.dossier is not None else ()
        version = next((one for one in versions if str(one.version) == target.key), None)
        if version is not None:
            self.app.push_screen(StoryScreen(self.card, version=version))

    def _follow(self, slug: str, story: Story | None) -> None:
        """Show the story that a link leads to."""
        if story is None:
            self.monitor.say(f"the story {slug} is not in the store, not even as a stub", warning=True)
            return
        if story.card.origin == "stub":
            self.monitor.say("this story is only a stub: its text was never imported")
        self.app.push_screen(StoryScreen(story.card))

    # Where one stopped

    def on_screen_suspend(self) -> None:
        self._keep_place()

    def on_unmount(self) -> None:
        self._keep_place()

    def _keep_place(self) -> None:
        if self._version is None and self.material.story is not None and self.material.story.body:
            self.monitor.bookmarks.set_place(self.card.slug, self.text.place)
            self.monitor.keep_bookmarks()


def post_of(target: Target, material: Material) -> StoredPost | None:
    """The stored post that a link leads to."""
    if material.dossier is None:
        return None
    behind = material.dossier.behind
    if target.kind == "note":
        return behind.cited.get(int(target.key))
    posts = (*behind.cited.values(), *behind.quoted)
    return next((post for post in posts if str(post.id) == target.key), None)


def address_of(target: Target, material: Material) -> str | None:
    """The address behind a link; None where it leads to our own screens only."""
    post = post_of(target, material) if target.kind in ("note", "post") else None
    if post is not None and post.post.url:
        return post.post.url
    if target.kind == "note" and material.story is not None:
        return next((note.url for note in material.story.footnotes if str(note.number) == target.key), None)
    if target.kind == "story" and material.story is not None:
        return next((card.url for card in material.story.related if card.slug == target.key), None)
    return target.key if target.kind == "address" else None


def words_of_target(target: Target, material: Material) -> str:
    """Where a link leads, which its words may not say."""
    if target.kind in ("note", "post", "address"):
        address = address_of(target, material)
        return outside(f"{target.label} · {address}" if address else target.label)
    if target.kind == "version":
        return outside(target.label)
    return outside(f"{target.kind} {target.key}, shown as “{target.label}”")
