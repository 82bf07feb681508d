"""What the tests of all rooms share."""

from hypothesis import settings

from tests.web_server import web

settings.register_profile("monitor", deadline=None)
settings.load_profile("monitor")

__all__ = ["web"]
