"""HTTPS, to the hosts that the manifest names and the user granted. Needs the permission `net`."""

from __future__ import annotations

import json as _json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import _host, values
from .problems import InvalidInput

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Response:
    """What came back."""

    status: int
    """The status code, whichever: 404 is a response too."""
    headers: dict[str, str]
    """Names in lower case; what came several times is joined by commas."""
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether the status is 200 to 299."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body as text, which is taken to be UTF-8."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """What the body's JSON says; `ValueError` if it is none."""
        return _json.loads(self.body)


def send(
    method: str,
    url: str,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    *,
    timeout: float | None = None,
    max_bytes: int | None = None,
    redirects: bool = True,
) -> Response:
    """Sends a request and waits for all of the response. `timeout` is in seconds.

    Raises `InvalidInput` for a bad URL, header or option, `Denied`, `Exhausted` for a body that is too long, `Failed`
    for everything that the network does, `Cancelled`.
    """
    fetch = _host.interface("fetch")
    if method.upper() not in METHODS:
        raise InvalidInput(f"method is `{method}`, expected one of {', '.join(METHODS)}")
    options: dict[str, values.Value] = {"redirects": redirects}
    if timeout is not None:
        options["timeout"] = int(timeout * 1000)
    if max_bytes is not None:
        options["max-bytes"] = max_bytes
    request = fetch.Request(
        fetch.Method[method.upper()],
        url,
        list((headers or {}).items()),
        bytes(body),
        values.to_params(options, {}),
    )
    response = _host.call(fetch.send, request)
    merged: dict[str, str] = {}
    for name, value in response.headers:
        merged[name] = f"{merged[name]}, {value}" if name in merged else value
    return Response(response.status, merged, response.body)


def get(url: str, headers: Mapping[str, str] | None = None, **options: Any) -> Response:
    """`send` with GET."""
    return send("GET", url, headers, **options)


def post(url: str, json: Any, headers: Mapping[str, str] | None = None, **options: Any) -> Response:
    """`send` with POST, and something as JSON for a body."""
    headers = {"content-type": "application/json", **(headers or {})}
    return send("POST", url, headers, _json.dumps(json).encode(), **options)
