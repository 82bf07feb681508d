"""A host of language models on the loopback that speaks all forms of API, and says what a test wants it to say."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import pytest

PATHS = {"anthropic": "/v1/messages", "openai": "/v1/chat/completions", "ollama": "/api/chat"}


class Turn(NamedTuple):
    """What the model does with one question."""

    text: str = ""
    end: str = "whole"
    """`whole`, `cut`, `declined` or `tools`."""
    thinking: str = ""
    """Said in a block or field of its own."""
    status: int = 200
    error: str = ""
    headers: Mapping[str, str] = {}
    raw: bytes | None = None
    """Sent instead of everything else."""
    tokens: tuple[int, int] = (100, 20)


class Asked(NamedTuple):
    """A question as it came."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]

    @property
    def system(self) -> str:
        messages = self.body["messages"]
        return self.body["system"] if "system" in self.body else messages[0]["content"]

    @property
    def user(self) -> str:
        return str(self.body["messages"][-1]["content"])


ENDS = {
    "anthropic": {"whole": "end_turn", "cut": "max_tokens", "declined": "refusal", "tools": "tool_use"},
    "openai": {"whole": "stop", "cut": "length", "declined": "content_filter", "tools": "tool_calls"},
    "ollama": {"whole": "stop", "cut": "length", "declined": "refused", "tools": "load"},
}


class ModelServer:
    """Answers with the turns of a list, the last one always; or with what a function makes of the question."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.turns: list[Turn | Callable[[Asked], Turn]] = [Turn("Good day.")]
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.answer(self, Asked(self.path, {k.lower(): v for k, v in self.headers.items()}, body))

            def log_message(self, *_: object) -> None:
                """Nothing is logged."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def endpoint(self, api: str) -> str:
        """What stands in the configuration for a form of API."""
        return f"{self.address}/v1" if api == "openai" else self.address

    def table(self, api: str, **more: object) -> str:
        """The table of the configuration."""
        given = {"api": api, "name": "test-model-1", "endpoint": self.endpoint(api), **more}
        return "[model]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in given.items())

    def answer(self, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        number = len(self.asked)
        self.asked.append(asked)
        chosen = self.turns[min(number, len(self.turns) - 1)]
        turn = chosen(asked) if callable(chosen) else chosen
        api = next((api for api, path in PATHS.items() if asked.path == path), None)
        if api is None:
            turn = Turn(status=404, error="no such path")
        content = turn.raw if turn.raw is not None else json.dumps(_tree(api or "openai", turn)).encode()
        handler.send_response(turn.status)
        for name, value in {"Content-Type": "application/json", **turn.headers}.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        with contextlib.suppress(ConnectionError):
            handler.end_headers()
            handler.wfile.write(content)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _tree(api: str, turn: Turn) -> dict[str, Any]:
    end, (read, written) = ENDS[api][turn.end], turn.tokens
    if turn.error:
        if api == "ollama":
            return {"error": turn.error}
        error = {"type": "some_error", "message": turn.error}
        return {"type": "error", "error": error, "request_id": "req_1"} if api == "anthropic" else {"error": error}
    if api == "anthropic":
        thoughts = [{"type": "thinking", "thinking": turn.thinking, "signature": "s"}] if turn.thinking else []
        return {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": "test-model-1-20261101",
            "content": [*thoughts, {"type": "text", "text": turn.text}],
            "stop_reason": end,
            "usage": {"input_tokens": read, "output_tokens": written, "cache_read_input_tokens": 0},
        }
    if api == "openai":
        message = {"role": "assistant", "content": turn.text, "reasoning_content": turn.thinking}
        if turn.end == "declined":
            message |= {"content": None, "refusal": "I will not."}
        return {
            "id": "c_1",
            "model": "test-model-1-20261101",
            "choices": [{"index": 0, "message": message, "finish_reason": end}],
            "usage": {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written},
        }
    return {
        "model": "test-model-1-20261101",
        "message": {"role": "assistant", "content": turn.text, "thinking": turn.thinking},
        "done": True,
        "done_reason": end,
        "prompt_eval_count": read,
        "eval_count": written,
    }


@pytest.fixture
def host() -> Iterator[ModelServer]:
    """A host of models for one test."""
    server = ModelServer()
    try:
        yield server
    finally:
        server.stop()
