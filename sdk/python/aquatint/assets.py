"""The files that the plugin carries inside itself: what was under `assets/` when it was built. Read-only."""

from __future__ import annotations

import json as _json
from typing import Any

from . import _host


def names() -> list[str]:
    """Their names, sorted: paths below `assets/`, with `/`."""
    return list(_host.interface("assets").names())


def read(name: str) -> bytes:
    """The bytes of one.

    Raises `NotFound`, `Exhausted` for more bytes than one call may move.
    """
    return _host.call(_host.interface("assets").read, name)


def text(name: str) -> str:
    """One as text, which is UTF-8. Like `read`."""
    return read(name).decode("utf-8-sig")


def json(name: str) -> Any:
    """One as what its JSON says. Like `read`; `ValueError` for what is no JSON."""
    return _json.loads(text(name))
