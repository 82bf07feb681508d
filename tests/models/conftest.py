from __future__ import annotations

from tests.models.model_server import host

__all__ = ["host"]
