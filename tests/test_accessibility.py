"""The page for everybody: axe on every view, keyboard alone, screen reader, zoom, colours, motion."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from chat.answer import Answer, Citation, Conflict, Evidence, Source, Statement, Turn
from chat.caveat import caveat, notice
from chat.page.operator.session import Password
from chat.page.options import Options
from ingest.library import Library
from tests.pages import FILES, ScriptedChat, served

pytestmark = pytest.mark.slow
Make = Callable[..., Library]
Page = Any
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
QUESTION = "Do tablets stop cramps?"
QUOTES = {
    "cream.md": "Magnesium cream stops cramps within one hour.",
    "trial.md": "Magnesium tablets did not stop cramps in older adults.",
}
FOCUSABLE = "button, a, summary, input, textarea, [tabindex='0']"
# Each view -> what leads to it from a fresh page.
VIEWS = "welcome menu answer evidence emergency crisis nothing document covers".split()


class Views(ScriptedChat):
    """A scripted answer with everything in it to QUESTION; other questions go the usual way."""

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        plain: bool = False,
        hurried: bool = False,
    ) -> Iterator[Answer]:
        if question != QUESTION:
            yield from super().stream(question, history, plain=plain, hurried=hurried)
            return
        yield self.full()

    def full(self) -> Answer:
        """Two sources that disagree, one of them a shop's without a date."""
        with self.releases.lent() as release:
            documents = {each.path: each for each in release.documents()}
            cited = []
            for number, (path, quote) in enumerate(QUOTES.items(), 1):
                document = documents[path]
                start = document.text.index(quote)
                passages = release.document_passages(document.id)
                passage = next(each for each in passages if each.start <= start < each.end)
                end = start + len(quote)
                cited.append(Citation(number, passage.id, start, end, quote, section="Cramps"))
        shop = Source(1, "cream.md", "Cream shop", "The shop", "seller", promotional=True)
        sources = (
            replace(shop, reasons=("praises: “best”",)),
            Source(2, "trial.md", "A trial", "A journal", "research", "2020-05"),
        )
        kinds = ("stop_medication", "conflict", "promotional", "undated")
        return Answer(
            question=QUESTION,
            status="answered",
            caveat=caveat("promotional", self.settings),
            statements=tuple(
                Statement(f"{source.title} says: “{each.quote}”", "quote", (each,))
                for source, each in zip(sources, cited, strict=True)
            ),
            notices=tuple(notice(kind, self.settings) for kind in kinds),  # type: ignore[arg-type]
            sources=sources,
            conflicts=(Conflict((1, 2), "whether it helps"),),
            evidence=(Evidence(cited[0].passage, 1, "cited", "it answers", {"dense": 0.61}),),
            follow_ups=("How many people took part?",),
            release=1,
        )


@pytest.fixture
def address(make: Make, tmp_path: Path) -> Iterator[str]:
    options = Options(share_links=True, feedback=tmp_path / "votes")
    with served(Views(make(FILES)), options) as url:
        yield url


@pytest.fixture
def page(chromium: Any, address: str) -> Iterator[Page]:
    tab = chromium.new_page(viewport=DESKTOP)
    tab.goto(address)
    yield tab
    tab.close()


def ask(page: Page, question: str = QUESTION) -> None:
    page.locator("#question").fill(question)
    page.keyboard.press("Enter")
    page.locator(".turn:last-child .tools").wait_for()


def lead_to(page: Page, view: str, url: str) -> None:
    """Open the page anew and go to a view."""
    page.goto("about:blank")
    page.goto(url)
    questions = {
        "emergency": "I have crushing chest pain",
        "crisis": "I want to kill myself",
        "nothing": "Who won the football match?",
    }
    if view in ("answer", "evidence", "document", *questions):
        ask(page, questions.get(view, QUESTION))
    if view == "menu":
        page.locator(".menu summary").click()
    if view == "evidence":
        page.evaluate(
            "for (const each of document.querySelectorAll('.turn details')) each.open = true"
        )
    if view == "document":
        page.locator(".cite button").first.click()
        page.locator("#document mark").wait_for()
    if view == "covers":
        page.locator("[data-do=covers]").click()
        page.locator("#document .documents").wait_for()


def faults(page: Page) -> list[str]:
    """What axe finds, one line each."""
    spec = find_spec("axe_playwright_python")
    if spec is None or spec.origin is None:
        pytest.fail("axe is not installed: pip install axe-playwright-python")
    page.evaluate(Path(spec.origin).with_name("axe.min.js").read_text(encoding="utf-8"))
    page.evaluate(
        "scrollTo({ top: 1e6, behavior: 'instant' })"
    )  # nothing lies under the question box
    found = page.evaluate("rules => axe.run({ runOnly: rules })", RULES)
    assert found["passes"]
    return [
        f"{each['impact']} {each['id']}: {node['html'][:120]}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_nothing_on_any_view(
    chromium: Any, address: str, language: str, colours: str, size: dict[str, int]
) -> None:
    tab = chromium.new_page(viewport=size, color_scheme=colours)
    found = {}
    for view in VIEWS:
        lead_to(tab, view, f"{address}/?lang={language}")
        if here := faults(tab):
            found[view] = here
    tab.close()
    assert found == {}


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_nothing_on_the_operators_pages(
    chromium: Any, make: Make, language: str, colours: str, size: dict[str, int]
) -> None:
    library = make(FILES)
    make({**FILES, "leaflet.md": "Stretching helps against cramps."})
    secret = "correct horse battery"
    chat = ScriptedChat(library).in_language(language)
    tab = chromium.new_page(viewport=size, color_scheme=colours)
    found = {}
    with served(chat, Options(operator=Password.of(secret))) as url:
        tab.goto(f"{url}/operator")
        found["login"] = faults(tab)
        tab.locator("#password").fill("wrong")
        tab.keyboard.press("Enter")
        tab.locator(".told-problem").wait_for()
        found["wrong password"] = faults(tab)
        tab.locator("#password").fill(secret)
        tab.keyboard.press("Enter")
        tab.locator(".deeds").first.wait_for()
        for view in ("", "/release/1", "/release/2", "/forget?document=leaflet.md"):
            tab.goto(f"{url}/operator{view}")
            found[view] = faults(tab)
            if tab.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found[view].append("wider than the window")
    tab.close()
    assert {view: here for view, here in found.items() if here} == {}


def test_axe_would_find_a_fault(page: Page) -> None:
    page.evaluate("document.querySelector('#question').before(document.createElement('button'))")
    assert any("button-name" in each for each in faults(page))


@pytest.mark.parametrize("view", VIEWS)
def test_targets_are_at_least_24_pixels_wide_and_high(page: Page, address: str, view: str) -> None:
    lead_to(page, view, address)
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, a, summary, label:has(input)')]
        .filter((each) => each.checkVisibility() && !each.matches('.skip'))
        .map((each) => [each.outerHTML.slice(0, 90), each.getBoundingClientRect()])
        .filter(([, box]) => box.width && (box.width < 24 || box.height < 24))
        .map(([html, box]) => `${box.width} x ${box.height} ${html}`)"""
    )
    assert small == []


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_is_cut_off_at_400_per_cent(page: Page, address: str, view: str) -> None:
    page.set_viewport_size({"width": 320, "height": 256})
    lead_to(page, view, f"{address}/?lang=de")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    cut = page.evaluate(
        """() => [...document.querySelectorAll('body *')]
        .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.closest('.hidden, .skip'))
        .filter((each) => each.getBoundingClientRect().right > innerWidth + 1 || each.getBoundingClientRect().left < -1)
        .map((each) => each.outerHTML.slice(0, 90))"""
    )
    if view not in (
        "welcome",
        "menu",
        "covers",
        "document",
    ):  # there the first heading is hidden on purpose
        cut = [each for each in cut if not each.startswith("<h1")]
    assert cut == []


def test_text_grows_to_the_largest_size_without_scrolling_sideways(page: Page) -> None:
    page.set_viewport_size(PHONE)
    before = page.evaluate("getComputedStyle(document.body).fontSize")
    page.locator(".menu summary").click()
    page.locator("input[name=size][value=largest]").check()
    assert page.evaluate("getComputedStyle(document.body).fontSize") > before
    page.keyboard.press("Escape")
    ask(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def focus(page: Page) -> str:
    """What has the focus, in a word or two."""
    return str(
        page.evaluate(
            "(({id, dataset, className, tagName}) => id || dataset.do || className || tagName)"
            "(document.activeElement)"
        )
    )


def tab_to(page: Page, wanted: str, back: bool = False) -> None:
    seen = []
    for _ in range(60):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        seen.append(focus(page))
        style = page.evaluate(
            "(({outlineStyle, outlineWidth}) => [outlineStyle, parseFloat(outlineWidth)])"
            "(getComputedStyle(document.activeElement))"
        )
        assert seen[-1] == "BODY" or (style[0] != "none" and style[1] >= 2), seen
        if seen[-1] == wanted:
            return
    pytest.fail(f"the keyboard does not reach {wanted}: {seen}")


def test_every_flow_works_with_the_keyboard_alone_and_the_focus_is_seen(page: Page) -> None:
    page.keyboard.press("Tab")
    assert focus(page) == "skip"
    page.keyboard.press("Enter")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.locator(".turn .tools").wait_for()
    tab_to(page, "open", back=True)  # the evidence's, cards' and citations' buttons
    page.keyboard.press("Enter")
    page.locator("#document mark").wait_for()
    assert focus(page) == "document-body"
    page.keyboard.press("Escape")
    assert focus(page) == "open"
    page.reload()
    tab_to(page, "covers")
    page.keyboard.press("Enter")
    page.locator("#document .documents").wait_for()
    tab_to(page, "close", back=True)
    page.keyboard.press("Enter")
    assert focus(page) == "covers"
    tab_to(page, "SUMMARY")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.documentElement.dataset.size") == "large"
    page.keyboard.press("Escape")
    assert focus(page) == "SUMMARY"
    page.locator("a[hreflang=de]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/?lang=de")
    assert page.evaluate("document.documentElement.lang") == "de"


def heard(page: Page, question: str) -> list[str]:
    """What the live regions say while a question is answered, in order."""
    page.evaluate(
        """() => { window.heard = [];
        for (const id of ['status', 'alert']) new MutationObserver(() => {
          const text = document.getElementById(id).textContent; if (text) window.heard.push(text);
        }).observe(document.getElementById(id), { childList: true, characterData: true, subtree: true }); }"""
    )
    ask(page, question)
    return list(page.evaluate("window.heard"))


def test_a_screen_reader_hears_the_work_and_the_finished_answer_once_each(page: Page) -> None:
    working, done = heard(page, QUESTION)
    assert working == "Looking in the documents…"
    assert done.startswith("The answer is ready.")
    for quote in QUOTES.values():
        assert done.count(quote) == 1
    assert page.locator("#turns[aria-live], #turns [aria-live], #turns [role=status]").count() == 0


def test_a_screen_reader_hears_an_emergency_at_once_and_once(page: Page) -> None:
    *_, shouted = heard(page, "I have crushing chest pain")
    assert shouted.startswith("This could be an emergency.")
    assert page.locator("#alert").inner_text() == shouted
    ask(page, QUESTION)
    assert page.locator("#alert").inner_text() == ""


def test_nothing_moves_where_less_motion_is_wanted(chromium: Any, address: str) -> None:
    tab = chromium.new_page(reduced_motion="reduce")
    lead_to(tab, "document", address)
    moving = tab.evaluate(
        """() => [document.documentElement, ...document.querySelectorAll('*')].filter((each) => {
        const { scrollBehavior, animationName, transitionDuration } = getComputedStyle(each);
        return scrollBehavior === 'smooth' || animationName !== 'none' || parseFloat(transitionDuration) > 0;
        }).length"""
    )
    assert moving == 0
    tab.close()


def test_what_colour_says_is_still_seen_where_the_device_sets_the_colours(
    chromium: Any, address: str
) -> None:
    tab = chromium.new_page(forced_colors="active", viewport=DESKTOP)
    lead_to(tab, "document", address)
    background = "getComputedStyle(document.querySelector('{}')).backgroundColor"
    assert tab.evaluate(background.format("#document mark")) != tab.evaluate(
        background.format("body")
    )
    borders = "parseFloat(getComputedStyle(document.querySelector('{}')).borderTopWidth)"
    for part in (".cite button", ".number", ".notice-stop_medication", "#question"):
        assert tab.evaluate(borders.format(part)) >= 1, part
    tab.close()


def test_every_choice_is_a_control_that_the_browser_itself_makes(page: Page, address: str) -> None:
    for view in VIEWS:
        lead_to(page, view, address)
        assert page.locator("[role=combobox], [role=listbox], [role=radio]").count() == 0
