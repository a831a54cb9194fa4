"""Lines in the host's log, marked with the plugin's name.

`print` and the standard library's `logging` lead here too.
"""

from __future__ import annotations

import io
import logging
import sys
from typing import Any

from . import _host


def trace(message: object, **fields: object) -> None:
    """For following every step; dropped unless the user asks for it."""
    _write("TRACE", message, fields)


def debug(message: object, **fields: object) -> None:
    """For finding mistakes; dropped unless the user asks for it."""
    _write("DEBUG", message, fields)


def info(message: object, **fields: object) -> None:
    """What a user may like to know. `fields` are named details that a reader may filter by."""
    _write("INFO", message, fields)


def warn(message: object, **fields: object) -> None:
    """What a user should know."""
    _write("WARN", message, fields)


def error(message: object, **fields: object) -> None:
    """What went wrong."""
    _write("ERROR", message, fields)


def _write(level: str, message: object, fields: dict[str, Any]) -> None:
    if not _host.has("log"):
        return
    log = _host.interface("log")
    details = [(key, str(value)) for key, value in fields.items()]
    log.write(getattr(log.Level, level), str(message), details)


class _Lines(io.TextIOBase):
    """A text stream whose lines go into the log."""

    def __init__(self, level: str) -> None:
        self._level = level
        self._rest = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            _write(self._level, line, {})
        return len(text)

    def flush(self) -> None:
        # A line that is not finished is kept: programs flush in the middle of lines, logs have whole ones.
        pass

    def finish(self) -> None:
        """Writes what has no line break yet."""
        if self._rest:
            _write(self._level, self._rest, {})
            self._rest = ""


class _Handler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        level = "ERROR" if record.levelno >= logging.ERROR else "WARN"
        if record.levelno < logging.WARNING:
            level = "INFO" if record.levelno >= logging.INFO else "DEBUG"
        _write(level, self.format(record), {"logger": record.name})


_out = _Lines("INFO")
_err = _Lines("WARN")


def install() -> None:
    """Leads `print`, `sys.stderr` and `logging` here."""
    sys.stdout = _out  # type: ignore[assignment]
    sys.stderr = _err  # type: ignore[assignment]
    logging.basicConfig(handlers=[_Handler()], format="%(message)s", level=logging.DEBUG, force=True)


def finish() -> None:
    """Writes what was printed without a line break."""
    _out.finish()
    _err.finish()
