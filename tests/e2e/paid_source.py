"""A source of another package that takes a key and costs something, as tests install it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from monitor.http import Client
from monitor.records import Beat, Post
from monitor.sources.base import Batch, Ceiling, NoKey, Part, SourceKey, SourceOption, SourceSettings


class Paid:
    """Asks an address with its key, at a price of one request; each answer is the text of one post."""

    slug = "paid"
    name = "Paid"
    options = (SourceOption("endpoint", str, "", "where to ask"),)
    keys = (SourceKey("token", "PAID_TOKEN", "of the app"),)
    ceilings = (Ceiling("requests_per_day", "requests", "day", None, "how often to ask"),)

    def parts(self, settings: SourceSettings, beats: Sequence[Beat]) -> Sequence[Part]:
        if "token" not in settings.secrets:
            raise NoKey("Set PAID_TOKEN.")
        return (Part(self.slug, "all", 0.05, addresses=(str(settings.options["endpoint"]),)),)

    async def fetch(self, client: Client, part: Part, cursor: str | None, now: int) -> AsyncIterator[Batch]:
        await client.meter.spend("requests", 1)
        headers = {"Authorization": f"Bearer {client.settings.secrets['token'].reveal()}"}
        answer = await client.get(part.addresses[0], headers=headers)
        number = int(cursor or 0) + 1
        post = Post(self.slug, str(number), answer.body.decode(), now, now)
        yield Batch((post,), str(number), (now - 1000, now), fraction=client.meter.fraction())


def install(folder: Path) -> None:
    """Make this an installed package for whoever has the folder on its path."""
    (folder / "paid_source.py").write_text(Path(__file__).read_text(encoding="utf-8"), encoding="utf-8")
    information = folder / "paid_source-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: paid-source\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text("[monitor.sources]\npaid = paid_source:Paid\n")
