"""The server: our page and its routes, and gradio's queue for the questions."""

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import gradio as gr
import uvicorn
from fastapi import FastAPI
from gradio.events import api
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response

from chat.page.apart import GONE, Apart
from chat.page.conversation import Shown
from chat.page.desk import Desk
from chat.page.feedback import keep
from chat.page.guard import Guard
from chat.page.meters import Meters
from chat.page.operator.files import Files
from chat.page.operator.jobs import Jobs
from chat.page.operator.routes import Operator
from chat.page.operator.session import Door, Password
from chat.page.operator.view import View
from chat.page.operator.work import Work
from chat.page.options import Options
from chat.page.texts import Texts
from ingest.errors import UserError
from ingest.library import Library

STATIC = Path(__file__).parent / "static"
MINUTE = 60.0  # seconds between telling everyone who waits how long the queue is
SESSIONS = 100  # whose state gradio keeps; each question is one, and ours have none
MISFIT = "send question, history, language and country, four texts"
GRACE = 2  # seconds for open answers when the server stops


class Queue(gr.Blocks):
    """Gradio's Blocks, which neither logs nor repeats what was sent where it does not fit."""

    async def preprocess_data(self, *given: Any, **named: Any) -> Any:
        try:
            return await super().preprocess_data(*given, **named)
        except Exception:  # noqa: BLE001  # gradio's own message holds the visitor's words
            raise gr.Error(MISFIT, print_exception=False) from None


class Server(uvicorn.Server):
    """Stops quietly when told to, or when nobody answers any more.

    A second signal does not wait for open answers.
    """

    def __init__(self, config: uvicorn.Config, desk: Apart) -> None:
        super().__init__(config)
        self._desk = desk

    async def on_tick(self, counter: int) -> bool:
        return await super().on_tick(counter) or not self._desk.alive

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        yield

    def _stop(self, *_: int | FrameType | None) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True


def run(
    desk: Apart, library: Library, language: str, at: tuple[str, int], options: Options
) -> None:
    """Serve the page at (host, port) until interrupted; UserError if the port is taken."""
    jobs = Jobs()
    app = make_app(desk, library, language, options, jobs)
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, timeout_graceful_shutdown=GRACE
    )
    listening = _listening(*at)
    print(f"open http://{at[0]}:{listening.getsockname()[1]} (Ctrl-C stops it)", flush=True)
    try:
        Server(config, desk).run(sockets=[listening])
    finally:
        jobs.stop()
    if not desk.alive:
        raise UserError(GONE)


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        reason = f"cannot listen on {host}, port {port}: {error.strerror}"
        raise UserError(f"{reason}; choose others with --host, --port") from error


def make_app(
    desk: Desk, library: Library, language: str, options: Options, jobs: Jobs | None = None
) -> Guard:
    """The whole application, behind its guard. jobs: what the operator starts runs there."""
    texts, meters = Texts(language), Meters()
    if isinstance(desk, Apart):
        meters.count_process(desk.pid)
    blocks = _queue(desk, meters, options)
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    _add_page(app, desk, options)
    _add_probes(app, desk, meters)
    if options.operator is not None:
        _operator(library, options.operator, texts, options, jobs or Jobs()).add_to(app)
    gr.mount_gradio_app(
        app, blocks, "/chat", run_history=False, max_file_size=1, enable_monitoring=False
    )
    return Guard(app, options, meters, lambda: len(blocks._queue))  # noqa: SLF001 - no public count


def _operator(
    library: Library, password: Password, texts: Texts, options: Options, jobs: Jobs
) -> Operator:
    own = Texts(texts.language, "operator")
    return Operator(
        Door(password),
        Files(library, options.folders),
        Work(library, jobs),
        View(library.name, own, texts),
    )


def _queue(desk: Desk, meters: Meters, options: Options) -> gr.Blocks:
    """Gradio's queue with the one function that visitors may call."""
    blocks: gr.Blocks

    def ask(question: str, history: str, language: str, country: str) -> Iterator[Shown]:
        hurried = len(blocks._queue) > 0  # noqa: SLF001
        yield from meters.watched(desk.ask(question, history, language, country, hurried=hurried))

    with Queue(analytics_enabled=False) as blocks:
        api(ask, api_name="ask", concurrency_limit=options.at_once)
    blocks.max_threads = max(40, 2 * options.at_once)
    blocks.state_session_capacity = SESSIONS
    blocks.queue(status_update_rate=MINUTE, max_size=options.waiting, api_open=False)
    return blocks


def _add_page(app: FastAPI, desk: Desk, options: Options) -> None:
    @app.get("/")
    def page(lang: str = "") -> Response:
        return HTMLResponse(desk.page(lang))

    @app.get("/static/{name}")
    def static(name: str) -> Response:
        path = STATIC / name
        if not path.is_file():
            return PlainTextResponse("not found", status_code=404)
        return FileResponse(path, headers={"cache-control": "no-cache"})

    @app.get("/document")
    def document(passage: str, start: int = 0, end: int = 0, lang: str = "") -> Response:
        html = desk.document(passage, start, end, lang)
        return HTMLResponse(html, status_code=200 if html else 404)

    @app.get("/covers")
    def covers(lang: str = "") -> Response:
        return HTMLResponse(desk.covers(lang))

    @app.post("/feedback")
    async def feedback(request: Request) -> Response:
        if options.feedback is None:
            return PlainTextResponse("not found", status_code=404)
        kept = keep(options.feedback, await request.body())
        return PlainTextResponse("", status_code=204 if kept else 400)


def _add_probes(app: FastAPI, desk: Desk, meters: Meters) -> None:
    @app.get("/healthz")
    def alive() -> Response:
        return PlainTextResponse("ok\n")

    @app.get("/readyz")
    def ready() -> Response:
        try:
            return PlainTextResponse(f"ready, release {desk.ready()}\n")
        except UserError as error:
            return PlainTextResponse(f"{error}\n", status_code=503)

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(meters.text(), media_type="text/plain; version=0.0.4")
