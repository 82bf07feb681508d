"""Fixtures that tests of several rooms share."""

from tests.web_server import web

__all__ = ["web"]
