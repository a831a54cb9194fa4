"""A list of prompts, one a line. Knows nothing of plugins."""

from __future__ import annotations

from dataclasses import dataclass

PLACE = "{prompt}"
DIVIDER = "|||"
LONGEST_LABEL = 60


@dataclass(frozen=True)
class Line:
    """A prompt from the list."""

    label: str
    prompt: str
    negative: str | None
    """`None` leaves the request's own."""


def read(text: str, prompt: str, negative: str, divided: bool) -> list[Line]:
    """The prompts of a list. `prompt` and `negative` are the request's own; `divided` says whether `|||` begins a
    negative prompt. Empty lines, and those that begin with `#`, are left out.

    Raises `ValueError` if none is left.
    """
    lines = []
    for written in text.splitlines():
        written = written.strip()
        if not written or written.startswith("#"):
            continue
        first, divider, second = written.partition(DIVIDER) if divided else (written, "", "")
        lines.append(
            Line(
                shorten(first.strip() or written),
                first.strip().replace(PLACE, prompt),
                second.strip().replace(PLACE, negative) if divider else None,
            )
        )
    if not lines:
        raise ValueError("prompts has no line with a prompt, expected one prompt a line")
    return lines


def shorten(text: str) -> str:
    """A text for the edge of a grid: cut at a space where there is one in its second half."""
    if len(text) <= LONGEST_LABEL:
        return text
    cut = text[: LONGEST_LABEL - 1]
    space = cut.rfind(" ")
    return cut[: space if space > LONGEST_LABEL // 2 else None].rstrip(" ,") + "…"
