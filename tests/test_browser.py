"""The page in a real Chromium: asking, checking, reading, keyboard, zoom, hostile text."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from chat.answer import Answer, Citation, Notice, NoticeKind, Source, Statement, Status
from chat.page.options import Options
from chat.pipeline import LONGEST
from chat.render import plain_text
from ingest.library import Library
from tests.pages import FILES, ScriptedChat, served

pytestmark = pytest.mark.slow
Make = Callable[..., Library]
HOSTILE = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>'


def answer_from(library: Library, question: str = "Do tablets stop cramps?") -> Answer:
    """A quote from near the end of the long document, with hostile words around it."""
    with_release = library.current()
    trial = next(each for each in with_release.documents() if each.path == "trial.md")
    quote = "Magnesium tablets did not stop cramps in older adults."
    start = trial.text.index(quote)
    passage = next(
        each for each in with_release.document_passages(trial.id) if each.start <= start < each.end
    )
    with_release.close()
    citation = Citation(1, passage.id, start, start + len(quote), quote)
    return Answer(
        question=question,
        status="answered",
        caveat="This is not medical advice.",
        statements=(Statement(f"{HOSTILE} A journal says: “{quote}”", "quote", (citation,)),),
        sources=(Source(1, "trial.md", "A trial", "A journal", "research", "2020-05"),),
        follow_ups=("How many people took part?",),
        release=1,
    )


@pytest.fixture
def page(chromium: Any, make: Make) -> Iterator[Any]:
    library = make(FILES)
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    tab = context.new_page()
    requests: list[str] = []
    problems: list[str] = []
    tab.on("request", lambda request: requests.append(request.url))
    tab.on("pageerror", lambda error: problems.append(str(error)))
    with served(ScriptedChat(library, [answer_from(library)])) as address:
        tab.goto(address)
        yield tab
        assert [url for url in requests if not url.startswith((address, "blob:"))] == []
        assert problems == []
        context.close()


def ask(page: Any, question: str = "Do tablets stop cramps?") -> None:
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    page.locator(".turn:last-child .tools").wait_for()


def test_asking_shows_the_answer_and_says_it_once_to_a_screen_reader(page: Any) -> None:
    ask(page)
    assert page.locator(".statement").count() == 1
    assert page.locator("#status").inner_text().count("older adults") == 1
    assert "not medical advice" in page.locator("#status").inner_text()
    assert page.evaluate("window.hit") is None
    assert page.locator("#turns img, #turns script, #turns a").count() == 0


def test_a_citation_shows_the_words_on_focus_and_opens_the_document_at_them(page: Any) -> None:
    ask(page)
    mark = page.locator(".cite button").first
    mark.focus()
    assert "older adults" in page.locator(".tip").first.inner_text()
    page.keyboard.press("Escape")
    assert not page.locator(".tip").first.is_visible()
    mark.press("Enter")
    page.locator("#document mark").wait_for()
    box = page.locator("#document mark").bounding_box()
    assert 0 < box["y"] < 800
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.textContent") == "1"


def test_a_question_that_is_too_long_is_kept_and_told_and_not_sent(page: Any) -> None:
    box, told = page.get_by_label("Your question"), page.locator("#ask-problem")
    box.fill("🙂" * LONGEST)
    assert not told.is_visible()
    box.fill("x" * (LONGEST + 12))
    assert "10012 characters, 12 more" in told.inner_text()
    assert page.locator("#status").inner_text() == told.inner_text()
    assert box.get_attribute("aria-invalid") == "true"
    page.keyboard.press("Enter")
    assert page.locator("[role=alert]").inner_text() == told.inner_text()
    assert len(box.input_value()) == LONGEST + 12
    assert page.locator(".turn").count() == 0
    box.fill("x")
    assert not told.is_visible()
    assert page.locator("[role=alert]").inner_text() == ""
    ask(page)
    assert page.locator(".turn").count() == 1


def test_long_questions_before_do_not_keep_the_next_one_from_being_sent(page: Any) -> None:
    told = [{"question": "镁" * LONGEST, "html": "", "said": "", "text": ""}] * 20
    page.evaluate("told => localStorage.setItem('caveat-turns', JSON.stringify(told))", told)
    page.reload()
    ask(page)
    assert page.locator(".turn:last-child .statement").count() == 1


@pytest.mark.parametrize("language", ["en", "de"])
def test_on_a_phone_the_question_box_is_one_line_that_grows_up_to_a_limit(
    page: Any, language: str
) -> None:
    page.set_viewport_size({"width": 320, "height": 568})
    page.goto(f"{page.url}?lang={language}")
    box, form = page.locator("#question"), page.locator("#ask")
    heights = []
    for text in ("", "short", "three lines of words " * 3, "word " * 1000):
        box.fill(text)
        heights.append(box.bounding_box()["height"])
    assert heights[0] == heights[1] < 50 < heights[2] < heights[3] < 568 / 3
    box.fill("Do tablets stop cramps?")
    page.keyboard.press("Enter")
    page.locator(".turn .tools").wait_for()
    assert form.bounding_box()["height"] < 568 / 4


def test_follow_ups_asking_again_changing_and_a_new_conversation(page: Any) -> None:
    ask(page)
    page.get_by_role("button", name="How many people took part?").click()
    page.locator(".turn:nth-child(2) .tools").wait_for()
    page.locator(".turn:last-child").get_by_role("button", name="Ask again").click()
    page.locator(".turn:nth-child(2) .tools").wait_for()
    page.locator(".turn:last-child").get_by_role("button", name="Change the question").click()
    assert page.get_by_label("Your question").input_value() == "How many people took part?"
    assert page.locator(".turn").count() == 1
    page.get_by_role("button", name="New conversation").click()
    assert page.locator(".turn").count() == 0


def test_a_conversation_is_kept_in_the_browser_only_if_wanted(page: Any) -> None:
    ask(page)
    assert page.evaluate("localStorage.length") == 0
    page.reload()
    assert page.locator(".turn").count() == 0
    page.get_by_text("Settings").click()
    page.get_by_label("Keep this conversation").check()
    ask(page)
    page.reload()
    assert page.locator(".turn .statement").count() == 1


def test_export_has_the_answer_and_its_caveat(page: Any) -> None:
    ask(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as text").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert "This is not medical advice." in text
    assert "A trial" in text


def test_what_is_copied_carries_every_notice_and_the_caveat(chromium: Any, make: Make) -> None:
    library = make(FILES)
    told = tuple(
        Notice(kind, f"Fixed words, {at}.") for at, kind in enumerate(get_args(NoticeKind))
    )
    context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
    tab = context.new_page()
    for status in get_args(Status):
        answer = replace(answer_from(library), status=status, notices=told)
        with served(ScriptedChat(library, [answer])) as address:
            tab.goto(address)
            ask(tab)
            tab.get_by_role("button", name="Copy with sources").click()
            tab.locator(".toast").wait_for()
            copied = tab.evaluate("navigator.clipboard.readText()")
            tab.evaluate("navigator.clipboard.writeText('')")
        assert copied == plain_text(answer)
        assert [one.text for one in told if one.text not in copied] == []
        assert copied.endswith(answer.caveat)
    context.close()


@pytest.mark.parametrize(("width", "height"), [(320, 256), (360, 740), (820, 1180), (1900, 1000)])
def test_nothing_is_wider_than_the_window(page: Any, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    ask(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator(".cite button").first.click()
    page.locator("#document mark").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("width", "height"), [(320, 568), (390, 844), (1280, 800)])
def test_an_answer_begins_at_the_top_of_the_window(page: Any, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    for _ in range(2):
        ask(page)
        page.wait_for_timeout(1000)  # it may be scrolled there smoothly
        assert abs(page.locator(".turn:last-child").bounding_box()["y"]) < 2


def test_stopping_ends_the_answer_and_frees_the_question_box(chromium: Any, make: Make) -> None:
    library = make(FILES)
    tab = chromium.new_page()
    with served(ScriptedChat(library, [answer_from(library)] * 20, pause=0.5)) as address:
        tab.goto(address)
        tab.get_by_label("Your question").fill("Do tablets stop cramps?")
        tab.keyboard.press("Enter")
        tab.get_by_role("button", name="Stop").click()
        tab.get_by_text("Stopped.").first.wait_for()
        assert tab.get_by_role("button", name="Ask", exact=True).is_visible()
        tab.close()


def test_an_emergency_is_at_the_top_and_shouted(chromium: Any, make: Make) -> None:
    notice = Notice("emergency", "Call your local emergency number now.")
    urgent = Answer(question="?", status="emergency", caveat="Not advice.", notices=(notice,))
    tab = chromium.new_page(viewport={"width": 390, "height": 844})
    with served(ScriptedChat(make(FILES), [urgent])) as address:
        tab.goto(address)
        ask(tab, "crushing chest pain")
        assert "emergency number" in tab.locator("[role=alert]").inner_text()
        assert tab.locator(".notice-emergency").bounding_box()["y"] < 400
        tab.close()


def test_numbers_are_those_of_the_country_that_the_visitor_chose(chromium: Any, make: Make) -> None:
    tab = chromium.new_page()
    with served(ScriptedChat(make(FILES))) as address:
        tab.goto(address)
        ask(tab, "I have crushing chest pain right now")
        assert "999" not in tab.locator(".notice-emergency").inner_text()
        tab.get_by_text("Settings").click()
        tab.get_by_label("Your country").select_option("United Kingdom")
        tab.reload()
        ask(tab, "I have crushing chest pain right now")
        assert "999" in tab.locator(".notice-emergency").inner_text()
        tab.close()


def test_a_thumb_down_asks_why_beside_the_answer(chromium: Any, make: Make, tmp_path: Path) -> None:
    library, votes = make(FILES), tmp_path / "votes.jsonl"
    tab = chromium.new_page()
    with served(ScriptedChat(library, [answer_from(library)]), Options(feedback=votes)) as address:
        tab.goto(address)
        ask(tab)
        tab.get_by_role("button", name="Not helpful").click()
        tab.keyboard.press("Escape")
        assert tab.locator(".why").count() == 0
        assert not votes.exists()
        tab.get_by_role("button", name="Not helpful").click()
        tab.get_by_label("What was wrong?").fill("too long")
        tab.get_by_role("button", name="Send").click()
        tab.get_by_text("Thank you").first.wait_for()
        tab.close()
    assert "too long" in votes.read_text()


def test_long_words_other_directions_and_long_answers_keep_the_page_in_shape(
    chromium: Any, make: Make
) -> None:
    library = make(FILES)
    one = answer_from(library)
    arabic, word = "المغنيسيوم لا يمنع التشنجات.", "Pneumonoultra" * 60
    (cited,) = one.statements[0].citations
    said = [
        replace(one.statements[0], text=f"A journal says: “{arabic}”", citations=(cited,)),
        replace(one.statements[0], text=f"A journal says: “{word}”"),
        *[one.statements[0]] * 198,
    ]
    source = replace(one.sources[0], title=word, publisher=arabic, language="ar")
    long = replace(
        one, question=word, statements=tuple(said), sources=(source,), follow_ups=(word,)
    )
    tab = chromium.new_page(viewport={"width": 390, "height": 844})
    with served(ScriptedChat(library, [long])) as address:
        tab.goto(address)
        for _ in range(3):
            ask(tab, word)
        assert tab.locator(".statement").count() == 600
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert tab.locator("blockquote[lang=ar]").count() == 3
        tab.locator(".turn:last-child .cite button").nth(150).click()
        tab.locator("#document mark").wait_for()
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
        tab.close()


SHIFTS = """
window.shift = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) shift += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
GOOD = 0.1  # cumulative layout shift: https://web.dev/articles/cls
FIRST_VIEW = """async () => {
  const painted = await new Promise((done) => {
    const look = (list) => list.getEntriesByName("first-contentful-paint").forEach(done);
    new PerformanceObserver(look).observe({ type: "paint", buffered: true });
  });
  return painted.startTime - performance.getEntriesByType("navigation")[0].responseStart;
}"""


@pytest.mark.parametrize("width", [390, 1280])
def test_the_first_view_comes_within_a_second_and_nothing_jumps(
    chromium: Any, make: Make, width: int
) -> None:
    library = make(FILES)
    answer = answer_from(library)
    growing = [replace(answer, statements=answer.statements * count) for count in (1, 2, 3)]
    tab = chromium.new_page(viewport={"width": width, "height": 800})
    tab.add_init_script(SHIFTS)
    with served(ScriptedChat(library, growing, pause=0.7)) as address:
        tab.goto(address)
        assert tab.evaluate(FIRST_VIEW) < 1000
        tab.wait_for_timeout(500)
        assert tab.evaluate("shift") == 0
        tab.get_by_label("Your question").fill("Do tablets stop cramps?")
        tab.keyboard.press("Enter")
        statement = tab.locator(".statement").first
        statement.wait_for()
        place = statement.bounding_box()
        tab.locator(".turn .tools").wait_for()
        assert statement.bounding_box() == place  # as the rest of the answer came below it
        tab.locator(".cite button").first.click()
        tab.locator("#document mark").wait_for()
        assert tab.evaluate("shift") < GOOD
    tab.close()
