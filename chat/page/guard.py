"""What stands before every request: which paths exist, who may post, how much, how often.

All that gradio would serve besides the one queue of questions (files, proxies, uploads, its own
page) is not found here, so that no default of it can open anything.
"""

import ipaddress
import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chat.page.meters import Meters
from chat.page.options import Options

ASK = "/chat/gradio_api/call/ask"
OPEN = {
    "GET": re.compile(
        r"/|/static/[a-z]+\.(css|js|svg)|/document|/covers|/healthz|/readyz|/metrics"
        rf"|{ASK}/[0-9a-f]{{32}}"
    ),
    "POST": re.compile(rf"/feedback|{ASK}"),
}
BODY = 400_000  # bytes of a request: a question, and the conversation before it
MINUTE = 60.0
ADDRESSES = 10_000  # of which the last questions' times are kept
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


@dataclass
class Rate:
    """How many questions each address asked in the last minute; kept in memory only."""

    most: int
    asked: dict[str, deque[float]] = field(default_factory=dict)

    def wait(self, address: str, now: float) -> int:
        """Seconds until this address may ask again; 0: now, and it counts."""
        if _is_here(address):
            return 0
        times = self.asked.pop(address, deque())
        self.asked[address] = times  # the last to ask stands last
        while times and times[0] <= now - MINUTE:
            times.popleft()
        if len(times) >= self.most:
            return int(times[0] + MINUTE - now) + 1
        times.append(now)
        if len(self.asked) > ADDRESSES:
            del self.asked[next(iter(self.asked))]
        return 0


@dataclass
class Guard:
    """ASGI middleware. busy: seconds after which to try again, 0 while there is room."""

    app: ASGIApp
    options: Options
    meters: Meters
    busy: Callable[[], int]

    def __post_init__(self) -> None:
        self.rate = Rate(self.options.rate)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, _with_headers(send))
            return
        await self.app(scope, _limited(receive), _with_headers(send))

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        path, method = scope["path"], scope["method"].replace("HEAD", "GET")
        pattern = OPEN.get(method)
        if pattern is None or not pattern.fullmatch(path):
            return self._refuse("path", "not found", 404)
        if not self._host_is_ours(scope, headers):
            return self._refuse("host", "this page is not served under that name", 421)
        if method == "POST":
            return self._refused_post(scope, headers)
        return None

    def _refused_post(self, scope: Scope, headers: Headers) -> Response | None:
        if not _same_origin(headers):
            return self._refuse("origin", "questions from other pages are not taken", 403)
        if not headers.get("content-type", "").startswith("application/json"):
            return self._refuse("type", "send JSON", 415)
        length = headers.get("content-length", "")
        if not length.isdecimal() or int(length) > BODY:
            return self._refuse("size", f"send at most {BODY} bytes, and say how many", 413)
        address = scope["client"][0] if scope.get("client") else ""
        seconds = self.busy() if scope["path"] == ASK else 0
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
        return name in self.options.hosts or not _is_here(server[0]) or _is_here(name)

    def _refuse(self, reason: str, text: str, status: int) -> Response:
        self.meters.refused.labels(reason).inc()
        return PlainTextResponse(text, status_code=status)


def _is_here(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name in ("localhost", "")


def _same_origin(headers: Headers) -> bool:
    """Whether a browser's request comes from this page; other programs send no Origin."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name in ("access-control-allow-origin", "access-control-allow-credentials"):
                del headers[name]
            headers.update(HEADERS)
            headers.setdefault("cache-control", "no-store")
        await send(message)

    return sending


def _limited(receive: Receive) -> Receive:
    """Stop reading a body that is longer than it said."""
    seen = 0

    async def receiving() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        return {"type": "http.disconnect"} if seen > BODY else message

    return receiving
