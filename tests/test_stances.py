"""What speaks for and what speaks against what is asked are two answers, whatever their words."""

import pytest

from chat.lexicon import lexicon
from chat.screening.textfiles import phrase_lists
from chat.stances import ADVICE, CAUSED, COMPARED, HELP, SAFETY, Said, apart
from chat.support.reading import Reading
from chat.terms import terms
from chat.wording import PROMPTS


def said(text: str, over: str = "", *, answers: bool = False) -> Said:
    return Said(text, Reading(text, lexicon()), terms(over), answers)


def told(question: str, one: str, other: str) -> str | None:
    return apart(question, said(one), said(other), dict.fromkeys(terms(question), 1.0))


@pytest.mark.parametrize(
    ("question", "one", "other", "about"),
    [
        (
            "Is valerian safe in pregnancy?",
            "Valerian is safe in pregnancy.",
            "Do not take valerian if you are pregnant.",
            "whether it is safe",
        ),
        (
            "Is a knee scan worthwhile?",
            "A scan of the knee is seldom needed.",
            "Everybody with a sore knee needs a scan of it.",
            "whether it is advised",
        ),
        (
            "Does arnica work on bruises?",
            "Arnica clears bruises in a day.",
            "Arnica was no better than a dummy gel on bruises.",
            "whether it helps",
        ),
        (
            "Is ginger tea as good as ginger pills?",
            "A cup of ginger tea does the same as ginger pills.",
            "Ginger tea is too weak to replace the pills.",
            "whether it is so",
        ),
        (
            "Is the oily form absorbed better than the dry form?",
            "The oily form was absorbed better than the dry form.",
            "The oily and the dry form were absorbed equally.",
            "whether it is so",
        ),
        (
            "Can ginger give you a headache?",
            "Ginger does not cause headaches.",
            "Headache and wind are known side effects of ginger.",
            "whether it is so",
        ),
        (
            "Is gout usually due to meat?",
            "Gout is nearly always due to too much meat.",
            "Gout is rarely caused by meat.",
            "whether it is so",
        ),
        (
            "How long does a crown last?",
            "A crown wears out after about five years.",
            "Most crowns are still in place after 15 years.",
            "figures",
        ),
        (
            "How common is gout?",
            "Gout affects one adult in 40.",
            "About 8 per cent of adults have gout.",
            "figures",
        ),
    ],
)
def test_two_answers_are_told_apart(question: str, one: str, other: str, about: str) -> None:
    assert told(question, one, other) == about
    assert told(question, other, one) == about


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        # Of another thing.
        ("Is valerian safe?", "Valerian is safe.", "Do not take kava if you are pregnant."),
        # Both for it, and both against it, though one denies.
        ("Is valerian safe?", "Valerian is safe.", "Valerian is not dangerous."),
        ("Does arnica work?", "Arnica does not help.", "Arnica was no better than a dummy gel."),
        # For and against in one sentence.
        ("Does arnica work?", "Arnica helps.", "Arnica helps, but it can be dangerous."),
        # Something else is asked of it.
        ("Where does arnica grow?", "Arnica is safe.", "Arnica is dangerous."),
        ("What helps against bruises?", "Arnica helps bruises.", "Ice is no better for bruises."),
        # The same figure, and figures of another kind.
        ("How long does a crown last?", "A crown lasts ten years.", "A crown lasts 120 months."),
        ("How long does a crown last?", "A crown lasts ten years.", "A crown costs 900 euros."),
    ],
)
def test_what_agrees_or_answers_something_else_is_not(question: str, one: str, other: str) -> None:
    assert told(question, one, other) is None


def test_the_headings_say_what_a_sentence_is_about() -> None:
    question = "Does arnica work on deep bruises of boxers?"
    asked = dict.fromkeys(terms(question), 1.0)
    for_it = said("Arnica clears deep bruises of boxers.")
    against = "It was no better than a dummy gel on bruises."
    assert apart(question, for_it, said(against), asked) is None
    assert apart(question, for_it, said(against, "Arnica for boxers"), asked)
    assert not apart(question, for_it, said("It was no better.", "Arnica for boxers"), asked)


def test_what_helps_says_nothing_of_safety() -> None:
    helps, safe = "Arnica helps bruises.", "Arnica is safe on bruises."
    unproven, unsafe = "Arnica is unproven on bruises.", "Arnica is dangerous on bruises."
    assert told("Is arnica safe on bruises?", safe, unproven) is None
    assert told("Does arnica help bruises?", helps, unsafe) is None
    assert told("Is arnica safe on bruises?", safe, unsafe)
    assert told("Does arnica help bruises?", helps, unproven)


def test_a_phrase_stands_in_one_list() -> None:
    lists = phrase_lists(PROMPTS / "en" / "verify" / "stances.txt")
    every = (SAFETY, ADVICE, HELP, COMPARED, CAUSED)
    speaking = [each for pair in every for name in pair for each in lists[name]]
    assert len(speaking) == len(set(speaking))
