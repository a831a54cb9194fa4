"""Styles: what they are, how they are written down, and what they do to a prompt. Knows nothing of plugins."""

from __future__ import annotations

import csv
import difflib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

PLACE = "{prompt}"


@dataclass(frozen=True)
class Style:
    """Texts around a prompt: `{prompt}` is where it goes; without that they follow it."""

    name: str
    prompt: str = ""
    negative: str = ""


def merge(text: str, style: str) -> str:
    """One text with one style's: put into its place, or joined by a comma; what is empty leaves no comma behind."""
    text, style = text.strip(), style.strip()
    if PLACE in style:
        return tidy(style.replace(PLACE, text))
    return ", ".join(part for part in (text, style) if part)


def tidy(text: str) -> str:
    """Without the commas that an empty prompt leaves: at the ends, or two in a row."""
    parts = [part.strip() for part in text.split(",")]
    if all(parts):
        return text.strip()
    return ", ".join(part for part in parts if part)


def apply(prompt: str, negative: str, styles: Iterable[Style]) -> tuple[str, str]:
    """Prompt and negative prompt with styles, one after the other: the last is the outermost."""
    for style in styles:
        prompt = merge(prompt, style.prompt)
        negative = merge(negative, style.negative)
    return prompt, negative


def parse(text: str) -> dict[str, Style]:
    """Styles by name, from JSON (a list of objects with `name`, `prompt`, `negative_prompt`) or from CSV (columns of
    the same names, with or without a first line that says so).

    Raises `ValueError` that says where it is wrong.
    """
    stripped = text.lstrip("\ufeff \t\r\n")
    if not stripped:
        return {}
    return _from_json(stripped) if stripped[0] in "[{" else _from_csv(stripped)


def pick(names: Iterable[str], known: Mapping[str, Style]) -> list[Style]:
    """The styles with these names, in this order. Upper and lower case are alike where that is not ambiguous.

    Raises `ValueError` for a name that is none's.
    """
    found = []
    for name in names:
        wanted = name.strip()
        if not wanted:
            continue
        alike = [style for key, style in known.items() if key.casefold() == wanted.casefold()]
        if wanted in known:
            found.append(known[wanted])
        elif len(alike) == 1:
            found.append(alike[0])
        else:
            raise ValueError(f"there is no style `{wanted}`{_nearest(wanted, known)}")
    return found


def _nearest(wanted: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(wanted.casefold(), [name.casefold() for name in known], n=3)
    names = [name for name in known if name.casefold() in near]
    return f" (did you mean {' or '.join(f'`{name}`' for name in names)}?)" if names else ""


def _from_json(text: str) -> dict[str, Style]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"styles, line {error.lineno}: {error.msg.lower()}, expected JSON") from None
    if isinstance(data, dict):
        # One style alone, or the form that maps names to styles.
        data = [data] if isinstance(data.get("name"), str) else [
            {"name": name, **entry} if isinstance(entry, dict) else entry for name, entry in data.items()
        ]
    styles: dict[str, Style] = {}
    for number, entry in enumerate(data, 1):
        if not isinstance(entry, dict):
            raise ValueError(f"style {number} is no object, expected one with name, prompt and negative_prompt")
        _add(styles, f"style {number}", entry)
    return styles


def _from_csv(text: str) -> dict[str, Style]:
    rows = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True)
    columns = ["name", "prompt", "negative_prompt"]
    styles: dict[str, Style] = {}
    first = True
    try:
        for row in rows:
            where = f"styles, line {rows.line_num}"
            if not any(cell.strip() for cell in row):
                continue
            names = [cell.strip().lower() for cell in row]
            if first and "name" in names and ("prompt" in names or "negative_prompt" in names):
                columns = names
            elif len(row) > len(columns):
                raise ValueError(
                    f"{where}: {len(row)} columns, expected at most {len(columns)} (texts with commas need quotes)"
                )
            else:
                _add(styles, where, dict(zip(columns, row)))
            first = False
    except csv.Error as error:
        raise ValueError(f"styles, line {rows.line_num}: {error}") from None
    return styles


def _add(styles: dict[str, Style], where: str, entry: Mapping[str, Any]) -> None:
    texts = {}
    for key in ("name", "prompt", "negative_prompt"):
        # A1111 leaves a field out, other tools write null.
        text = entry.get(key)
        if text is None:
            text = ""
        if not isinstance(text, str):
            raise ValueError(f"{where}: {key} is {text!r}, expected a text")
        texts[key] = text.strip()
    name = texts["name"]
    if not name:
        raise ValueError(f"{where}: there is no name")
    if name in styles:
        raise ValueError(f"{where}: `{name}` is there twice, expected each name once")
    styles[name] = Style(name, texts["prompt"], texts["negative_prompt"])
