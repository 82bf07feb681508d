"""What came of a stretch of the stream: every event is accounted for, each post about the field is stored once."""

from __future__ import annotations

from typing import NamedTuple

from monitor.records import PostQuery
from monitor.store.reader import Reader
from tests.e2e.firehose import Firehose

CONFIG = """
[sources.bluesky]
endpoint = ["{endpoint}"]
[sources.news]
enabled = false
[sources.youtube]
enabled = false
[sources.reddit]
enabled = false
[sources.hackernews]
enabled = false
[sources.mastodon]
enabled = false
[sources.arxiv]
enabled = false
"""


class Tally(NamedTuple):
    """Events by what became of them."""

    offered: int
    """Events since the stream was opened."""
    sent: int
    """Events that were sent, those included that were sent again after a connection had ended."""
    sent_posts: int
    """Posts among them."""
    read: int
    """Events that the ledger says were read."""
    kept: int
    """Posts that the ledger says a beat matched."""
    let_go: int
    """Posts that the ledger says matched nothing."""
    about_the_field: int
    """Posts among those offered that are to be kept, each counted once."""
    stored: int
    lost: int
    """Posts about the field that are not in the store."""
    strange: int
    """Posts in the store that are not about the field, or were never offered."""
    connections: int
    gaps: int
    """Stretches of the time of the stream that the ledger does not call complete, or calls missed."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing was lost, and the ledger adds up."""
        accounted = self.read == self.sent and self.kept + self.let_go == self.sent_posts
        return accounted and not (self.lost or self.strange or self.gaps)


def tally(reader: Reader, firehose: Firehose) -> Tally:
    """Compare a store with what the stream offered."""
    wanted = {firehose.native_id(number) for number in firehose.offered if firehose.is_kept(number)}
    total = len(wanted)
    stored = strange = 0
    for post in reader.posts(PostQuery(limit=2 * total + 1000)):
        stored += 1
        if post.post.native_id in wanted:
            wanted.discard(post.post.native_id)
        else:
            strange += 1
    rows = reader.ledger(since=0, limit=1_000_000)
    span = (firehose.moment(firehose.offered[0]), firehose.moment(firehose.offered[-1]))
    covered = reader.coverage(span, span[1] + 3_600_000).get("bluesky", [])
    return Tally(
        offered=len(firehose.offered),
        sent=firehose.sent,
        sent_posts=firehose.sent_posts,
        read=sum(row.read for row in rows),
        kept=sum(row.kept for row in rows),
        let_go=sum(row.let_go for row in rows),
        about_the_field=total,
        stored=stored,
        lost=len(wanted),
        strange=strange,
        connections=firehose.connections,
        gaps=(covered != [span]) + sum(row.outcome == "missed" for row in rows),
    )
