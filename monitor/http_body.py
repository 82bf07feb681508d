"""Reading the body of an answer: decompressed step by step, and never more of it than was asked for."""

from __future__ import annotations

import zlib

from monitor.sources.base import SourceError

_STEP = 256 * 1024
_GZIP = zlib.MAX_WBITS | 16
_GZIP_MAGIC = b"\x1f\x8b"


class BodyReader:
    """Takes the raw bytes of a body as they come and gives the whole body at the end.

    Decompression stops at the limit, so that a small answer that unpacks to gigabytes costs no more than the limit.
    """

    def __init__(self, host: str, encoding: str, limit_bytes: int) -> None:
        """Start a body with its `Content-Encoding`.

        Raises:
            SourceError: it is an encoding that was not asked for.
        """
        encoding = encoding.strip().lower()
        if encoding not in {"", "identity", "gzip", "x-gzip"}:
            raise SourceError(f"{host} sent a body in a compression that was not asked for.")
        self._host = host
        self._limit = limit_bytes
        self._body = bytearray()
        self._unpacker = zlib.decompressobj(_GZIP) if encoding.endswith("gzip") else None
        self._started = False

    def feed(self, data: bytes) -> None:
        """Take some more raw bytes.

        Raises:
            SourceError: the body became too large, or is no valid gzip.
        """
        if self._unpacker is None:
            self._append(data)
            return
        self._started = self._started or bool(data)
        try:
            self._unpack(data)
        except zlib.error as error:
            raise SourceError(f"{self._host} sent a body that is damaged (no valid gzip).") from error

    def finish(self) -> bytes:
        """The whole body.

        Raises:
            SourceError: the compressed body ended too early.
        """
        if self._unpacker is not None and self._started and not self._unpacker.eof:
            raise SourceError(f"{self._host} sent a body that was cut off.")
        return bytes(self._body)

    def _unpack(self, data: bytes) -> None:
        unpacker = self._unpacker
        while unpacker is not None and data:
            if unpacker.eof:
                if not data.startswith(_GZIP_MAGIC):
                    return
                unpacker = self._unpacker = zlib.decompressobj(_GZIP)
            self._append(unpacker.decompress(data, _STEP))
            data = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail

    def _append(self, data: bytes) -> None:
        if len(self._body) + len(data) > self._limit:
            raise SourceError(f"{self._host} sent more than {self._limit / 1e6:g} MB, which is more than is read.")
        self._body += data
