"""The server: our page and its routes, and gradio's queue for the questions."""

import signal
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import gradio as gr
import uvicorn
from fastapi import FastAPI
from gradio.events import api
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response

from chat.page.conversation import Asker
from chat.page.document import covers_html, document_html
from chat.page.examples import Examples
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
from chat.page.shell import page_html
from chat.page.texts import Texts
from chat.pipeline import Chat
from chat.wording import languages
from ingest.errors import UserError

STATIC = Path(__file__).parent / "static"
MINUTE = 60.0  # seconds between telling everyone who waits how long the queue is
GRACE = 2  # seconds for open answers when the server stops
SWITCH = 0.0005  # seconds after which answering lets the server take the next request


class Server(uvicorn.Server):
    """Stops quietly when told to: a second signal does not wait for open answers."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        yield

    def _stop(self, *_: int | FrameType | None) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True


def run(chat: Chat, host: str, port: int, options: Options) -> None:
    """Serve the page until interrupted; UserError if the port is taken."""
    jobs = Jobs()
    app = make_app(chat, options, jobs)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        reason = f"cannot listen on {host}, port {port}: {error.strerror}"
        raise UserError(f"{reason}; choose others with --host, --port") from error
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, timeout_graceful_shutdown=GRACE
    )
    print(f"open http://{host}:{listening.getsockname()[1]} (Ctrl-C stops it)", flush=True)
    sys.setswitchinterval(SWITCH)
    try:
        Server(config).run(sockets=[listening])
    finally:
        jobs.stop()


def make_app(chat: Chat, options: Options, jobs: Jobs | None = None) -> Guard:
    """The whole application, behind its guard. jobs: what the operator starts runs there."""
    texts, meters = Texts(chat.settings.language), Meters()
    chats = _in_all_languages(chat)
    blocks = _queue(Asker(chats, options, meters), options)
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    _add_page(app, chats, options)
    _add_probes(app, chat, meters)
    if options.operator is not None:
        _operator(chat, options.operator, texts, options, jobs or Jobs()).add_to(app)
    gr.mount_gradio_app(
        app, blocks, "/chat", run_history=False, max_file_size=1, enable_monitoring=False
    )
    return Guard(app, options, meters, lambda: len(blocks._queue))  # noqa: SLF001 - no public count


def _operator(
    chat: Chat, password: Password, texts: Texts, options: Options, jobs: Jobs
) -> Operator:
    own = Texts(texts.language, "operator")
    return Operator(
        Door(password),
        Files(chat.library, options.folders),
        Work(chat.library, jobs),
        View(chat.library.name, own, texts),
    )


def _in_all_languages(chat: Chat) -> dict[str, Chat]:
    """The chat by language: the operator's first, then the others that visitors may choose."""
    first = chat.settings.language
    others = (language for language in languages() if language != first)
    return {first: chat} | {language: chat.in_language(language) for language in others}


def _queue(asker: Asker, options: Options) -> gr.Blocks:
    """Gradio's queue with the one function that visitors may call."""
    blocks: gr.Blocks
    with gr.Blocks(analytics_enabled=False) as blocks:
        api(asker.ask, api_name="ask", concurrency_limit=options.at_once)
    blocks.max_threads = max(40, 2 * options.at_once)
    blocks.queue(status_update_rate=MINUTE, max_size=options.waiting, api_open=False)
    return blocks


def _add_page(app: FastAPI, chats: Mapping[str, Chat], options: Options) -> None:
    default = next(iter(chats))
    chat = chats[default]
    examples = {name: Examples(each) for name, each in chats.items()}

    def texts(lang: str) -> Texts:
        return Texts(lang if lang in chats else default)

    @app.get("/")
    def page(lang: str = "") -> Response:
        own = texts(lang)
        with chat.releases.lent() as release:
            spoken, begin = chats[own.language], examples[own.language].now()
            return HTMLResponse(page_html(spoken, release, own, options, begin))

    @app.get("/static/{name}")
    def static(name: str) -> Response:
        path = STATIC / name
        if not path.is_file():
            return PlainTextResponse("not found", status_code=404)
        return FileResponse(path, headers={"cache-control": "no-cache"})

    @app.get("/document")
    def document(passage: str, start: int = 0, end: int = 0, lang: str = "") -> Response:
        with chat.releases.lent() as release:
            html = document_html(release, passage, (start, end), texts(lang))
        return HTMLResponse(html, status_code=200 if html else 404)

    @app.get("/covers")
    def covers(lang: str = "") -> Response:
        with chat.releases.lent() as release:
            return HTMLResponse(covers_html(release, texts(lang)))

    @app.post("/feedback")
    async def feedback(request: Request) -> Response:
        if options.feedback is None:
            return PlainTextResponse("not found", status_code=404)
        kept = keep(options.feedback, await request.body())
        return PlainTextResponse("", status_code=204 if kept else 400)


def _add_probes(app: FastAPI, chat: Chat, meters: Meters) -> None:
    @app.get("/healthz")
    def alive() -> Response:
        return PlainTextResponse("ok\n")

    @app.get("/readyz")
    def ready() -> Response:
        try:
            with chat.releases.lent() as release:
                return PlainTextResponse(f"ready, release {release.number}\n")
        except UserError as error:
            return PlainTextResponse(f"{error}\n", status_code=503)

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(meters.text(), media_type="text/plain; version=0.0.4")
