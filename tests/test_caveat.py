"""Fixed wording: the caveat, the notices, whom to call, and what tells people to stop."""

import re
from typing import get_args

import pytest

from chat.answer import NoticeKind
from chat.caveat import Severity, caveat, contacts, notice, notices, tells_to_stop
from chat.screen import Screening, screen
from chat.settings import Settings

SETTINGS = Settings()
VALUES = {
    "languages": "English",
    "topics": "muscles",
    "problem": "no words",
    "count": "2",
    "release": "3",
    "parts": "dose",
}
SILENT = re.compile(r"(?<=[^aeiouyl])e$|(?<=[^td])ed$|(?<=[^aeiouyscgxz])es$")


def syllables(word: str) -> int:
    return max(1, len(re.findall(r"[aeiouy]+", SILENT.sub("", word.lower()))))


def grade(text: str) -> float:
    """Flesch-Kincaid grade level."""
    words = re.findall(r"[A-Za-z']+", text)
    sentences = len(re.findall(r"[.!?:](?:\s|$)", text))
    return 0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


@pytest.mark.parametrize("severity", get_args(Severity))
def test_a_caveat_is_short_and_easy_to_read(severity: Severity) -> None:
    text = caveat(severity, SETTINGS)
    assert len(text.split()) <= 40
    assert grade(text) <= 8


@pytest.mark.parametrize("severity", get_args(Severity))
def test_a_caveat_says_what_it_is_not_and_what_to_do(severity: Severity) -> None:
    text = caveat(severity, SETTINGS)
    assert "not medical advice" in text
    assert re.search(r"Ask a doctor|Get medical help", text)


def test_caveats_of_different_severity_differ() -> None:
    assert len({caveat(severity, SETTINGS) for severity in get_args(Severity)}) == 3


NAMES = [kind for kind in get_args(NoticeKind) if kind != "conflict"]


@pytest.mark.parametrize("kind", NAMES)
def test_every_notice_has_wording_and_no_name_left_open(kind: NoticeKind) -> None:
    text = notice(
        kind, SETTINGS, **VALUES, model="m", reason="r", words="it", text="t", subject="s"
    ).text
    assert text
    assert "$" not in text


@pytest.mark.parametrize("kind", ["emergency", "crisis", "soon", "support", "personal_advice"])
def test_grave_notices_are_easy_to_read(kind: NoticeKind) -> None:
    assert grade(notice(kind, SETTINGS).text) <= 8


@pytest.mark.parametrize(
    ("country", "emergency", "crisis"),
    [("US", "911", "988"), ("GB", "999", "116 123"), ("AU", "000", "13 11 14"), ("NL", "112", "")],
)
def test_notices_name_the_numbers_of_the_country(country: str, emergency: str, crisis: str) -> None:
    settings = Settings(country=country)
    assert emergency in notice("emergency", settings).text
    assert crisis in notice("crisis", settings).text


@pytest.mark.parametrize("country", [None, "JP"])
def test_an_unknown_country_gets_the_general_wording_and_no_number(country: str | None) -> None:
    settings = Settings(country=country)
    assert "your local emergency number" in notice("emergency", settings).text
    assert not re.search(r"\d", notice("crisis", settings).text)
    assert contacts(settings) == contacts(SETTINGS)


def test_grave_notices_stand_alone_and_the_gravest_comes_first() -> None:
    found = Screening("crisis", (), ("crisis", "emergency", "soon", "personal_advice"))
    assert [one.kind for one in notices(found, SETTINGS)] == ["crisis", "emergency"]


def test_a_personal_decision_beside_a_warning_gets_both_notices() -> None:
    found = screen("I have kidney disease, should I take magnesium?", (), SETTINGS)
    assert [one.kind for one in notices(found, SETTINGS)] == ["soon", "personal_advice"]


def test_whom_to_call_stands_beside_an_answer() -> None:
    found = Screening("support", ("suicide",), ("support",))
    assert [one.kind for one in notices(found, SETTINGS)] == ["support"]


def test_nothing_found_needs_no_notice() -> None:
    assert notices(Screening(), SETTINGS) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Try our cream instead of prescription painkillers.",
        "You can finally throw away your pills.",
        "Many people skip their medication and use the oil.",
        "It replaces drugs for back pain.",
        "Why not forgo surgery and rub it in?",
        "She stopped taking her blood pressure tablets.",
        "So, skip the IV, forgo the prescription medications that have many side effects.",
        "It allows users to avoid the side effects experienced when taking pain-blocking drugs.",
        "It relieves cramps without the use of drugs or medications.",
        "No other nutrient or drug can fulfill the role of magnesium for pain.",
    ],
)
def test_words_that_tell_people_to_stop_are_found(text: str) -> None:
    assert tells_to_stop(text)


@pytest.mark.parametrize(
    "text",
    [
        "Magnesium is found in nuts and in green leaves.",
        "Do not stop taking your medicine without asking a doctor.",
        "The trial compared magnesium with placebo tablets.",
        "Magnesium can stop some antibiotics, such as quinolones, from being absorbed.",
        "A muscle relaxes when calcium is pumped back.",
    ],
)
def test_ordinary_words_do_not_tell_people_to_stop(text: str) -> None:
    assert not tells_to_stop(text)
