"""The page: a question box, the conversation, examples. The only home of gradio."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from chat.answer import Answer, Turn
from chat.caveat import caveat
from chat.context import contexts_of
from chat.page.html import list_html, problem_html, turn_html, waiting_html
from chat.page.texts import Texts
from chat.pipeline import LONGEST, Chat
from chat.topics import examples, topics
from ingest.errors import UserError

CSS = Path(__file__).parent / "page.css"
EXAMPLES = 4
TURNS = 20  # earlier questions and answers that a conversation keeps


def make_page(chat: Chat) -> gr.Blocks:
    """The page over one chat; a conversation lives in the visitor's own session and nowhere else."""
    texts = Texts(chat.settings.language)
    with gr.Blocks(title=texts.plain("title"), analytics_enabled=False, fill_width=True) as page:
        gr.HTML(_intro(chat, texts), elem_id="intro")
        earlier = gr.HTML("", elem_id="earlier")
        current = gr.HTML("", elem_id="current")
        turns = gr.State([])
        with gr.Row(elem_id="ask"):
            box = gr.Textbox(
                label=texts.plain("ask_label"),
                placeholder=texts.plain("ask_hint"),
                max_length=LONGEST,
                lines=1,
                max_lines=6,
                autofocus=True,
                scale=8,
                elem_id="question",
            )
        with gr.Row():
            ask = gr.Button(texts.plain("ask"), variant="primary", elem_id="ask-button")
            stop = gr.Button(texts.plain("stop"), elem_id="stop-button")
            new = gr.Button(texts.plain("new"), elem_id="new-button")
        buttons = _example_buttons(chat, texts)

        def reply(question: str, before: list[Any]) -> Iterator[tuple[Any, ...]]:
            yield from _reply(chat, texts, question, before)

        outputs = [earlier, current, turns, box]
        events = [
            gr.on([ask.click, box.submit], reply, [box, turns], outputs, **_unlimited()),
            *(
                button.click(reply, [gr.State(text), turns], outputs, **_unlimited())
                for button, text in buttons
            ),
        ]
        stop.click(None, cancels=events, queue=False)
        new.click(lambda: ("", "", [], ""), None, outputs, cancels=events, show_progress="hidden")
    return page


def _unlimited() -> dict[str, Any]:
    return {"concurrency_limit": None, "show_progress": "hidden"}


def _intro(chat: Chat, texts: Texts) -> str:
    with chat.releases.lent() as release:
        what = texts(
            "intro",
            documents=release.document_count,
            library=chat.library.name,
            release=release.number,
            date=release.created[:10],
        )
        covered = list_html(topics(release))
    return (
        f"<h1>{texts('heading')}</h1><p>{what}</p>"
        f"<details><summary>{texts('covers')}</summary>{covered}</details>"
    )


def _example_buttons(chat: Chat, texts: Texts) -> list[tuple[gr.Button, str]]:
    with chat.releases.lent() as release:
        questions = examples(release)[:EXAMPLES]
    if not questions:
        return []
    gr.HTML(f"<h2>{texts('examples')}</h2>")
    with gr.Column(elem_id="examples"):
        return [(gr.Button(text, size="sm"), text) for text in questions]


def _reply(
    chat: Chat, texts: Texts, question: str, before: list[tuple[Answer, str]]
) -> Iterator[tuple[Any, ...]]:
    """(earlier turns, this turn, state, question box) for each growing Answer."""
    past = "".join(html for _, html in before)
    number = len(before) + 1
    if not question.strip():
        yield past, "", before, question
        return
    yield past, waiting_html(question, caveat("neutral", chat.settings), texts), before, ""
    answer = None
    try:
        for answer in chat.stream(question, _history(before)):
            html = _turn(chat, answer, texts, number, whole=False)
            yield past, html, before, ""
    except UserError as error:
        yield past, problem_html(str(error), texts), before, question
        return
    if answer is not None:
        html = _turn(chat, answer, texts, number, whole=True)
        yield past, html, [*before, (answer, html)][-TURNS:], ""


def _turn(chat: Chat, answer: Answer, texts: Texts, number: int, *, whole: bool) -> str:
    with chat.releases.lent() as release:
        contexts = contexts_of(answer, release)
    return turn_html(answer, contexts, texts, number, whole=whole)


def _history(before: list[tuple[Answer, str]]) -> tuple[Turn, ...]:
    turns = []
    for answer, _ in before:
        said = " ".join(statement.text for statement in answer.statements)
        turns += [Turn("user", answer.question), Turn("assistant", said)]
    return tuple(turns)


def launch(chat: Chat, host: str, port: int) -> None:
    """Serve the page until interrupted; UserError if the port is taken."""
    page = make_page(chat)
    page.queue(max_size=500, api_open=False)
    try:
        page.launch(
            server_name=host,
            server_port=port,
            max_threads=200,
            share=False,
            quiet=True,
            footer_links=[],
            run_history=False,
            max_file_size="1kb",
            enable_monitoring=False,
            prevent_thread_lock=True,
            css_paths=CSS,
            theme=gr.themes.Default(font=["system-ui", "sans-serif"], font_mono=["monospace"]),
        )
    except OSError as error:
        raise UserError(f"port {port} is taken: choose another one with --port") from error
    print(f"open http://{host}:{port} (Ctrl-C stops it)", flush=True)
    try:
        page.block_thread()
    finally:
        page.close()
