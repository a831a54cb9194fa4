"""Bytes kept from one call to the next. Needs the permission `store`.

A key has 1 to 128 characters out of `a-z`, `0-9`, `.`, `_`, `-`. Writes count when the call returns well. Use it to
save work, not to decide what a picture looks like: what is read here is not in a picture's recipe.
"""

from __future__ import annotations

from collections.abc import Iterator

from . import _host


def get(key: str) -> bytes | None:
    """The value of a key; `None` if it has none."""
    return _host.call(_host.interface("store").get, key)


def set(key: str, value: bytes) -> None:
    """Sets the value of a key.

    Raises `Exhausted` beyond the quota or 10,000 keys.
    """
    _host.call(_host.interface("store").set, key, bytes(value))


def remove(key: str) -> bool:
    """Removes a key; whether it was there."""
    return _host.call(_host.interface("store").remove, key)


def keys(prefix: str = "") -> Iterator[str]:
    """All keys that begin with `prefix`, in order."""
    last = None
    while page := _host.interface("store").keys(prefix, last):
        yield from page
        last = page[-1]


def usage() -> tuple[int, int]:
    """How many bytes are used, and how many may be."""
    room = _host.interface("store").usage()
    return room.used, room.quota
