"""What stands before every request: which paths exist, who may post, how much, how often.

All that gradio would serve besides the one queue of questions (files, proxies, uploads, its own
page) is not found here, so that no default of it can open anything.
"""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chat.page.meters import Meters
from chat.page.options import Options
from chat.page.rate import Rate, is_here

ASK = "/chat/gradio_api/call/ask"
OPEN = {
    "GET": re.compile(
        r"/|/static/[a-z]+\.(css|js|svg)|/document|/covers|/healthz|/readyz|/metrics"
        rf"|{ASK}/[0-9a-f]{{32}}"
    ),
    "POST": re.compile(rf"/feedback|{ASK}"),
}
# Only where there is a password for them; forms, so that they work without a script.
OPERATOR = "/operator"
OPERATOR_OPEN = {
    "GET": re.compile(rf"{OPERATOR}(/job|/forget|/(release|report)/\d{{1,9}})?"),
    "POST": re.compile(
        rf"{OPERATOR}/(login|logout|upload|remove|adopt|build|stop|suites|publish|forget)"
    ),
}
REPORT = f"{OPERATOR}/report/"
UPLOAD = f"{OPERATOR}/upload"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
BODY = 400_000  # bytes of a request: a question, and the conversation before it
UPLOADED = 200_000_000  # bytes of a request that brings files
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self';"
    " img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
# Its forms go to this server, and say where they come from.
OPERATOR_HEADERS = HEADERS | {
    "content-security-policy": HEADERS["content-security-policy"].replace(
        "form-action 'none'", "form-action 'self'"
    ),
    "referrer-policy": "same-origin",
}
# A report brings its own style and script; in a sandbox these cannot act for the operator.
REPORT_HEADERS = HEADERS | {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline';"
    " script-src 'unsafe-inline'; img-src data:; sandbox allow-scripts; frame-ancestors 'none'",
}


@dataclass
class Guard:
    """ASGI middleware. waiting: how many questions wait for their turn."""

    app: ASGIApp
    options: Options
    meters: Meters
    waiting: Callable[[], int]

    def __post_init__(self) -> None:
        self.rate = Rate(self.options.rate)
        self.entering = 0  # questions let in that do not wait in the queue yet

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        sending = _with_headers(send, _headers_for(scope["path"]))
        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, sending)
            return
        asks = scope["path"] == ASK
        self.entering += asks
        try:
            await self.app(scope, _limited(receive, _most(scope["path"])), sending)
        finally:
            self.entering -= asks

    @property
    def busy(self) -> int:
        """Seconds after which to try again; 0 while there is room."""
        waiting = self.entering + self.waiting()
        return 0 if waiting < self.options.waiting else 5 + waiting // (2 * self.options.at_once)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        path, method = scope["path"], scope["method"].replace("HEAD", "GET")
        if not self._is_open(method, path):
            return self._refuse("path", "not found", 404)
        if not self._host_is_ours(scope, headers):
            return self._refuse("host", "this page is not served under that name", 421)
        if method == "POST":
            return self._refused_post(scope, headers)
        return None

    def _is_open(self, method: str, path: str) -> bool:
        tables = [OPEN, *([OPERATOR_OPEN] if self.options.operator else [])]
        return any(method in table and table[method].fullmatch(path) for table in tables)

    def _refused_post(self, scope: Scope, headers: Headers) -> Response | None:
        path, most = scope["path"], _most(scope["path"])
        if not _same_origin(headers, needed=_is_operator(path)):
            return self._refuse("origin", "questions from other pages are not taken", 403)
        kinds = FORMS if _is_operator(path) else ("application/json",)
        if not headers.get("content-type", "").startswith(kinds):
            return self._refuse("type", f"send {kinds[0]}", 415)
        length = headers.get("content-length", "")
        if not length.isdecimal() or int(length) > most:
            return self._refuse("size", f"send at most {most} bytes, and say how many", 413)
        return None if _is_operator(path) else self._told_to_wait(scope)

    def _told_to_wait(self, scope: Scope) -> Response | None:
        address = scope["client"][0] if scope.get("client") else ""
        seconds = self.busy if scope["path"] == ASK else 0
        seconds = seconds or self.rate.wait(address, time.monotonic())
        if seconds:
            self.meters.refused.labels("busy").inc()
            after = {"retry-after": str(seconds)}
            return JSONResponse({"busy": seconds}, status_code=429, headers=after)
        return None

    def _host_is_ours(self, scope: Scope, headers: Headers) -> bool:
        """On a loopback address a foreign name is a page that had its name pointed here."""
        name = urlsplit(f"//{headers.get('host', '')}").hostname or ""
        server = scope.get("server") or ("", 0)
        return name in self.options.hosts or not is_here(server[0]) or is_here(name)

    def _refuse(self, reason: str, text: str, status: int) -> Response:
        self.meters.refused.labels(reason).inc()
        return PlainTextResponse(text, status_code=status)


def _is_operator(path: str) -> bool:
    return path == OPERATOR or path.startswith(f"{OPERATOR}/")


def _most(path: str) -> int:
    return UPLOADED if path == UPLOAD else BODY


def _headers_for(path: str) -> Mapping[str, str]:
    if path.startswith(REPORT):
        return REPORT_HEADERS
    return OPERATOR_HEADERS if _is_operator(path) else HEADERS


def _same_origin(headers: Headers, *, needed: bool) -> bool:
    """Whether a browser's request comes from this page; other programs send no Origin."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    if origin is None:
        return not needed
    return urlsplit(origin).netloc == headers.get("host")


def _with_headers(send: Send, own: Mapping[str, str]) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name in ("access-control-allow-origin", "access-control-allow-credentials"):
                del headers[name]
            headers.update(own)
            headers.setdefault("cache-control", "no-store")
        await send(message)

    return sending


def _limited(receive: Receive, most: int) -> Receive:
    """Stop reading a body that is longer than it said."""
    seen = 0

    async def receiving() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        return {"type": "http.disconnect"} if seen > most else message

    return receiving
