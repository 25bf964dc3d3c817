"""The screen on a page in another language: its own rules, and English ones for English words."""

from collections.abc import Iterator

import pytest

from chat.answer import Turn
from chat.caveat import tells_to_stop
from chat.screen import Screening, screen
from chat.screening.rulebook import rulebook
from chat.screening.rules import Rule
from chat.settings import Settings
from chat.wording import PROMPTS, languages

GRAVE = {"crisis", "emergency"}
OTHERS = [language for language in languages() if language != "en"]


def screened(language: str, question: str, *before: str) -> Screening:
    return screen(question, [Turn("user", text) for text in before], Settings(language=language))


def examples(kind: str) -> Iterator[tuple[str, Rule, str]]:
    for language in OTHERS:
        for rule in rulebook(language).rules:
            for example in rule.fires if kind == "fires" else rule.quiet:
                yield language, rule, example


@pytest.mark.parametrize(("language", "rule", "example"), list(examples("fires")))
def test_a_rule_fires_on_its_examples(language: str, rule: Rule, example: str) -> None:
    assert rule.name in screened(language, example).rules


@pytest.mark.parametrize(("language", "rule", "example"), list(examples("quiet")))
def test_a_rule_stays_quiet_where_it_must(language: str, rule: Rule, example: str) -> None:
    found = screened(language, example)
    assert rule.name not in found.rules
    if rule.level in GRAVE:
        assert found.level not in GRAVE


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_rules_of_every_level_on_every_subject(language: str) -> None:
    rules = rulebook(language).rules
    assert [rule.name for rule in rules if not rule.fires] == []
    assert {rule.level for rule in rules} == {rule.level for rule in rulebook("en").rules}
    for folder in ("rules", "concepts", "phrases"):
        ours, english = (
            {path.name for path in (PROMPTS / each / "screen" / folder).glob("*.txt")}
            for each in (language, "en")
        )
        assert ours == english


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(
    "english", ["I have crushing chest pain", "I can't feel when I wipe", "I want to kill myself"]
)
def test_english_is_understood_on_a_page_in_any_language(language: str, english: str) -> None:
    assert screened(language, english).level in GRAVE


@pytest.mark.parametrize(
    "german",
    [
        "Ich kriege keine luft mehr",
        "ich habe brustschmerzn und schwitze",
        "Meine Beine werden taub und ich hab starke Rueckenschmerzen",
        "Mein Säugling trinkt nicht und ist apathisch",
        "Mein Kind hat 40,8 Fieber",
        "My mother sagt, sie bekommt keine Luft",
        "Nach dem Sport tut alles weh. Das Wetter ist schön. " * 20
        + "Ich spüre beim Abwischen nichts mehr.",
    ],
)
def test_lay_german_is_understood(german: str) -> None:
    assert screened("de", german).level == "emergency"


@pytest.mark.parametrize(
    "german",
    [
        "Ich habe keine Schmerzen in der Brust und keine Atemnot",
        "Vor Jahren hatte ich eine Lungenembolie",
        "Meine Oma ist letztes Jahr an einem Herzinfarkt gestorben",
        "Was sind die Symptome eines Schlaganfalls?",
        "Mein Rücken bringt mich um nach dem Umzug",
        "Meine Waden krampfen nachts, was hilft?",
        "Does magnesium help cramps?",
    ],
)
def test_a_denied_past_asked_or_figurative_flag_is_none_in_german(german: str) -> None:
    assert screened("de", german).level not in GRAVE


def test_a_german_flag_over_two_turns_is_found() -> None:
    assert (
        screened("de", "Und seit heute kann ich kein Wasser lassen", "Mein Rücken tut weh").level
        in GRAVE
    )


def test_german_sources_that_tell_people_to_stop_are_found() -> None:
    assert tells_to_stop("Nehmen Sie unsere Creme statt Schmerztabletten.")
    assert tells_to_stop("Sie können Ihre Medikamente endlich absetzen.")
    assert not tells_to_stop("Magnesium steckt in Nüssen und grünem Gemüse.")
    assert not tells_to_stop("In der Studie nahmen die Menschen weiter ihre Medikamente.")
