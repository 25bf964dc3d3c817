"""No text of documents, models or visitors reaches the page as HTML, link, image or script.

Each view is drawn twice in a real browser, under the page's own headers: with plain words and with
hostile ones in every place a text can stand. Both must have the same elements and attributes.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from chat.answer import Answer, Citation, Conflict, Evidence, Notice, Source, Statement
from chat.context import Context
from chat.page.document import covers_html, document_html
from chat.page.html import Contexts, problem_html, turn_html
from chat.page.operator.jobs import Jobs
from chat.page.operator.session import Session
from chat.page.operator.view import View
from chat.page.operator.work import Work
from chat.page.options import Options
from chat.page.texts import Texts
from ingest.library import Library
from tests.hostile import payloads
from tests.pages import FILES, ScriptedChat, served

pytestmark = pytest.mark.slow
Make = Callable[..., Library]
TEXTS = Texts("en")
DOCUMENTS = set("DIV P SPAN H1 H2 H3 UL LI STRONG MARK DETAILS SUMMARY HTML BR".split())
DOCUMENTS |= set("A FORM INPUT BUTTON LABEL SECTION HEADER MAIN TITLE META LINK SCRIPT".split())
AT_ONCE = 100  # views that the browser draws in one go
DRAW = """htmls => htmls.map(html => {
  const box = document.createElement("div");
  document.body.append(box);
  box.innerHTML = html;
  const seen = [...box.querySelectorAll("*")].map(e => e.tagName + [...e.attributes].map(a => a.name).sort());
  box.remove();
  return seen.join(" ");
})"""


@pytest.fixture
def tab(chromium: Any, make: Make) -> Iterator[Any]:
    """A page of the chat; at the end nothing of what it was given has run or asked for anything."""
    page = chromium.new_page()
    asked: list[str] = []
    with served(ScriptedChat(make(FILES))) as url:
        page.goto(url)
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: asked.append(dialog.message))
        yield page
        page.wait_for_timeout(300)
        assert page.evaluate("window.hit") is None
        assert [each for each in asked if not each.startswith(url)] == []
        page.close()


def answer_html(text: str) -> str:
    """An answer with `text` in every place where documents, models or visitors can put theirs."""
    cited = Citation(1, text, 0, 4, text, page=1, section=text)
    source = Source(1, text, text, text, "seller", text, text, promotional=True, reasons=(text,))
    answer = Answer(
        question=text,
        status="answered",
        caveat=text,
        statements=(Statement(text, "quote", (cited, replace(cited, source=2))),),
        sources=(source, replace(source, number=2)),
        notices=(Notice("not_found", text),),
        conflicts=(Conflict((1, 2), text),),
        evidence=(Evidence(text, 1, "rejected", text, {text: 1.0}),),
        follow_ups=(text,),
    )
    contexts: Contexts = {(text, 0, 4): Context(text, text, text)}
    options = Options(share_links=True)
    return turn_html(answer, contexts, TEXTS, options, whole=True) + problem_html(text, TEXTS)


def odd(tab: Any, html: Callable[[str], str], texts: Sequence[str]) -> list[str]:
    """The texts with which a view has other elements or attributes than with plain words."""
    (plain,) = tab.evaluate(DRAW, [html("plain words")])
    found = []
    for start in range(0, len(texts), AT_ONCE):
        part = texts[start : start + AT_ONCE]
        drawn = tab.evaluate(DRAW, [html(each) for each in part])
        found += [text for text, seen in zip(part, drawn, strict=True) if seen != plain]
    return found


def test_an_answer_has_the_same_elements_whatever_its_texts_say(tab: Any) -> None:
    assert odd(tab, answer_html, payloads(5000)) == []


def test_the_browser_would_tell_if_a_text_were_not_escaped(chromium: Any) -> None:
    texts = [each for each in payloads(300) if "meta" not in each.lower()]  # which would lead away
    bare = chromium.new_page()
    told = odd(bare, lambda text: f"<p>{text}</p>", texts)
    bare.close()
    assert len(told) > len(texts) / 4


def test_hostile_documents_stay_text_beside_the_chat_and_for_the_operator(
    tab: Any, make: Make
) -> None:
    texts = payloads(60, seed=1)
    heads = "---\ntitle: {0}\npublisher: {0}\nauthor: {0}\n---\n\n# {0}\n\n{0} is said here.\n"
    quoted = [each.replace("\\", "").replace('"', "'") for each in texts]
    files = {f"{n}.md": heads.format(f'"{each}"') for n, each in enumerate(quoted)}
    files["names <img src=x onerror=window.hit=1>.md"] = "A name that is one."
    library = make(files)
    release = library.current()
    seen = covers_html(release, TEXTS)
    for document in release.documents():
        passage = release.document_passages(document.id)[0]
        seen += document_html(release, passage.id, (passage.start, passage.end), TEXTS)
    view, session = View("test", Texts("en", "operator"), TEXTS), Session("token", 0, 0)
    seen += view.release(session, Work(library, Jobs()), release.number)
    seen += view.forget(session, "<img src=x onerror=window.hit=1>.md")
    release.close()
    drawn = tab.evaluate(DRAW, [seen])[0]
    assert drawn.count("MARK") >= len(files)
    assert not set(re.findall("[A-Z][A-Z0-9]*", drawn)) - DOCUMENTS


def test_hostile_questions_are_shown_and_kept_as_text(tab: Any) -> None:
    tab.get_by_text("Settings").click()
    tab.get_by_label("Keep this conversation").check()
    tab.keyboard.press("Escape")
    texts = [each.strip() for each in payloads(8, seed=2)]
    for text in texts:
        tab.get_by_label("Your question").fill(text)
        tab.keyboard.press("Enter")
        tab.locator(".turn:last-child .tools").wait_for()
    tab.reload()
    heads = tab.locator(".asked").all_inner_texts()
    assert len(heads) == len(texts)
    assert tab.locator("#turns :is(img, svg, script, iframe, a, form, style, object)").count() == 0
