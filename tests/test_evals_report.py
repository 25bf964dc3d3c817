"""The report of a run in a real browser: read on a phone, with axe, with keys alone, on paper."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evals.gates import Aim, gates_of, load_aims
from evals.outcome import outcome_of
from evals.report import write_reports
from evals.report.page import page
from evals.report.stages import answer_found, stages
from evals.trial import Row
from tests.test_accessibility import DESKTOP, PHONE, faults

Page = Any
WELL = "The old well of Ostrava was dug in 40 weeks by six masons."


def row(suite: str, number: int, *, good: bool, expected: str = "40 weeks") -> Row:
    passage = {"id": "p", "document": "wells.md", "use": "cited", "text": f"{WELL} It is deep."}
    citation = {"source": 1, "passage": "p", "start": 0, "end": len(WELL), "quote": WELL}
    said = {"text": f"A page says: “{WELL}”", "kind": "quote", "citations": [citation]}
    return Row(
        suite,
        f"{suite}-{number}",
        f"How long was well {number} dug?",
        {"answered_and_cited" if suite == "nonce" else "point_present": good},
        reason="" if good else f"the answer lacks '{expected}'",
        why="an invented fact",
        expected=[expected],
        passages=[passage],
        answer={"status": "answered", "statements": [said], "notices": [], "seconds": {"total": 1}},
    )


ROWS = [
    *(row("nonce", number, good=number > 4) for number in range(40)),
    *(row("coverage", number, good=number > 2, expected="nine days") for number in range(30)),
]


@pytest.fixture
def report(tmp_path: Path) -> str:
    header = {"library": "wells", "release": 3, "seed": 1}
    return write_reports(outcome_of(ROWS, ["nonce", "coverage"], header), tmp_path).as_uri()


def test_the_diagnosis_tells_the_answerers_failures_from_the_retrievers() -> None:
    told = stages(ROWS, gates_of(ROWS, load_aims()))
    assert "Of the 8 failing rows of which it is known what answers them, 5 had that" in told
    assert "lost later; 3 had not" in told
    assert "Most often: the answer lacks … (5)" in told
    assert answer_found(ROWS[0])
    assert not answer_found(ROWS[-1])


def test_a_suite_is_marked_by_its_checks_and_not_by_single_rows() -> None:
    aims = {"nonce.answered_and_cited": Aim("at_least", 0.5)}
    told = stages(ROWS, gates_of(ROWS, aims))
    assert "<div class='good'><dt>nonce" in told
    assert "5 of 40 rows failed" in told
    assert "<div class='few'><dt>coverage" in told  # it has no aim


def test_what_is_held_against_an_aim_stands_beside_it() -> None:
    (gate,) = gates_of(ROWS[:40], {"nonce.answered_and_cited": Aim("at_most", 0.2)})
    assert gate.aim is not None
    assert gate.outcome == "failed"
    assert gate.aim.text == "≥ 0.8"
    assert gate.aim.shown(gate.k, gate.n) < gate.aim.least < gate.rate


def test_a_report_says_what_is_no_matter_of_the_text() -> None:
    bad = [replace(row, suite="emergency", verdicts={"recognised": False}) for row in ROWS[:40]]
    own = outcome_of(bad, ["emergency"], {"library": "wells"}).advice
    assert "the same for every text" in own
    assert "the same" not in outcome_of(ROWS[:10], ["nonce"], {"library": "wells"}).advice


def test_a_report_of_too_few_cases_says_what_to_do() -> None:
    few = outcome_of(ROWS[30:36], ["nonce"], {"library": "wells", "release": 3, "sample": 6})
    assert "leave out --sample" in few.advice
    assert few.advice in page(few)
    assert "write more cases" in outcome_of(ROWS[30:36], ["nonce"], {"sample": "all"}).advice


@pytest.mark.slow
@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_page(
    chromium: Any, report: str, size: dict[str, int], colours: str
) -> None:
    # The report's own policy keeps axe out; it is tested elsewhere.
    tab = chromium.new_page(viewport=size, color_scheme=colours, bypass_csp=True)
    tab.goto(report)
    tab.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    found = faults(tab)
    wide = tab.evaluate("document.documentElement.scrollWidth > innerWidth")
    tab.close()
    assert not found
    assert not wide


@pytest.mark.slow
def test_rows_are_filtered_and_opened_with_keys_alone(chromium: Any, report: str) -> None:
    tab = chromium.new_page(viewport=DESKTOP)
    tab.goto(report)
    press(tab, until="suite")
    tab.keyboard.type("cov")
    assert shown(tab) == 3
    press(tab, until="words")
    tab.keyboard.type("well 2")
    assert shown(tab) == 1
    assert tab.locator("#count").inner_text() == "(1 of 8)"
    press(tab, until="unfold")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    assert tab.locator(".row[open] mark").inner_text() == WELL
    tab.close()


@pytest.mark.slow
def test_every_row_is_open_on_paper(chromium: Any, report: str) -> None:
    tab = chromium.new_page(viewport=DESKTOP)
    tab.goto(report)
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.locator(".row[open]").count() == 8
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert tab.locator(".row[open]").count() == 0
    assert len(tab.pdf(prefer_css_page_size=True)) > 10_000
    tab.close()


def press(tab: Page, until: str) -> None:
    """The tabulator, until the element with this id has the focus."""
    for _ in range(60):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.id") == until:
            return
    raise AssertionError(f"no tabulator reaches {until}")


def shown(tab: Page) -> int:
    return int(tab.locator(".row:visible").count())
