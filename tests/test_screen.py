"""The screen: what its own examples say, what it must understand, how fast it is."""

import time
import timeit
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from numpy.typing import NDArray

from chat.answer import Turn
from chat.screen import Screening, lowered, screen
from chat.screening.encoder import Encoder
from chat.screening.learning import digest
from chat.screening.learning import examples as learned
from chat.screening.rulebook import Finding, rulebook
from chat.screening.rules import Level, Rule
from chat.screening.second_opinion import (
    PIECES,
    SURER,
    Model,
    Opinion,
    SecondOpinion,
    open_tuned_encoder,
    pieces,
    second_opinion,
)
from chat.settings import Settings

SETTINGS = Settings()
GRAVE = {"crisis", "emergency"}
RULES = rulebook("en").rules


def screened(question: str, *before: str) -> Screening:
    history = [Turn("user", text) for text in before]
    return screen(question, history, SETTINGS)


def examples(kind: str) -> Iterator[tuple[Rule, str]]:
    for rule in RULES:
        for example in rule.fires if kind == "fires" else rule.quiet:
            yield rule, example


@pytest.mark.parametrize(("rule", "example"), list(examples("fires")))
def test_a_rule_fires_on_its_examples(rule: Rule, example: str) -> None:
    assert rule.name in screened(example).rules


@pytest.mark.parametrize(("rule", "example"), list(examples("quiet")))
def test_a_rule_stays_quiet_where_it_must(rule: Rule, example: str) -> None:
    found = screened(example)
    assert rule.name not in found.rules
    if rule.level in GRAVE:
        assert found.level not in GRAVE


def test_every_rule_has_an_example_that_fires() -> None:
    assert [rule.name for rule in RULES if not rule.fires] == []


FLAG = "I have back pain and I cannot feel when I wipe"


@pytest.mark.parametrize(
    "harmless",
    [
        "I have back pain but no numbness and no trouble with my bladder",
        "Ten years ago I had numbness in my groin from a slipped disc",
        "What is saddle anaesthesia?",
        "If I ever had numbness in my groin with back pain, what would it be called?",
        "For my nursing exam: back pain with numbness between the legs, what is it?",
        "My back is killing me after moving house",
        "The price gave me a heart attack",
    ],
)
def test_a_denied_past_supposed_asked_or_figurative_flag_is_none(harmless: str) -> None:
    assert screened(harmless).level not in GRAVE


@pytest.mark.parametrize(
    "words",
    [
        "i cant pee and my back is realy bad",
        "Lost feeling down there since my back went",
        "my mum has back pain and has wet herself twice without knowing",
        "cheast pain and shortnes of breth",
        "he has haemorrhaged and the blood will not stop",
    ],
)
def test_lay_misspelled_and_british_words_are_understood(words: str) -> None:
    assert screened(words).level == "emergency"


def test_a_question_answered_with_no_denies_what_it_asks_for() -> None:
    listed = (
        "The checker asked: numb between the legs? no. Trouble peeing? No, no. Weak legs? Never."
    )
    assert screened(f"{listed} My back aches after work.").level is None
    assert screened("Numb between my legs, is that bad? No one will tell me.").level == "emergency"


def test_who_does_homework_or_gives_a_talk_is_no_invention() -> None:
    for fallen in (
        "He was doing his homework and now he has a seizure",
        f"Sorry for the essay. {FLAG}",
    ):
        assert screened(fallen).level == "emergency"


@pytest.mark.parametrize("what", ["epsom salt crystals", "bath salts", "a whole bath bomb"])
def test_a_child_that_swallowed_what_is_for_the_bath_is_helped_and_one_that_bathed_is_not(
    what: str,
) -> None:
    assert screen(f"My kid swallowed {what}, is that bad?", (), SETTINGS).level == "emergency"
    assert screen(f"My kid had a bath with {what}, is that bad?", (), SETTINGS).level is None


def test_a_flag_is_found_inside_a_long_message() -> None:
    talk = "I like the cream and I walk the dog every day and the weather is fine. " * 40
    assert screened(f"{talk}{FLAG}. {talk}").level == "emergency"


def test_a_flag_spread_over_two_turns_is_found() -> None:
    assert screened("And since this morning I can't pass water", "My back is bad").level in GRAVE
    assert screened("And which foods contain it?", "I take magnesium").level is None


def test_a_crisis_holds_on_in_the_next_turns() -> None:
    assert screened("How many paracetamol are in a packet?", "I want to die").level == "crisis"


def test_thresholds_count_readings_with_their_units() -> None:
    assert screened("my 6 week old has a temperature of 101.5").level == "emergency"
    assert screened("my 6 year old has a temperature of 37.4").level is None


def test_a_decision_for_somebody_is_told_from_general_knowledge() -> None:
    assert screened("How much magnesium should I take?").level == "personal_advice"
    assert screened("What is the upper level for adults?").level is None
    assert screened("Can I take magnesium with my antibiotics?").level == "personal_advice"
    assert screened("Can magnesium be taken with antibiotics?").level is None


def test_a_question_about_dangers_in_general_is_no_emergency() -> None:
    assert screened("Can you overdose on magnesium?").level is None
    assert screened("I took 40 magnesium tablets").level == "emergency"
    assert screened("Can't breathe properly, getting worse").level == "emergency"


def test_a_decision_spread_over_turns_is_found() -> None:
    assert screened("Is magnesium ok with it?", "I take ciprofloxacin").level == "personal_advice"


def seconds(*messages: str) -> float:
    """The least that screening one of them took: of this thread, no collector of garbage beside."""
    each = [partial(screened, message) for message in messages]
    return min(timeit.timeit(one, timer=time.thread_time, number=1) for one in each)


def test_an_ordinary_message_takes_milliseconds() -> None:
    message = FLAG + " and I would like to know what helps. " * 5
    assert seconds(*[message] * 20) < 0.03


@pytest.mark.parametrize(
    "unit",
    [
        "chest pain ",
        "no no no ",
        "a" * 50,
        "1 2 3/",
        "not, ",
        "took 9 9 ",
        "\n \t",
        "é́",
        "((((",
        "'''",
    ],
)
def test_time_grows_no_faster_than_the_message(unit: str) -> None:
    """Four times the text takes about four times as long: sixteen would be the square."""
    long = (unit * (48_000 // len(unit) + 1))[:48_000]
    assert seconds(*[long] * 3) < 9 * seconds(*[long[:12_000]] * 3)


def test_time_grows_no_faster_than_the_unknown_words() -> None:
    def unknown(count: int, mark: str) -> str:
        return " ".join(
            f"qu{mark}{chr(97 + i % 26)}{chr(97 + i // 26 % 26)}zzrt{'x' * (i % 7)}"
            for i in range(count)
        )

    few = [unknown(1250, mark) for mark in "bcd"]
    many = [unknown(5000, mark) for mark in "jkw"]  # none of them met before
    assert seconds(*many) < 9 * seconds(*few)


def test_the_second_opinion_was_learned_from_the_examples_as_they_stand() -> None:
    opinion = second_opinion("en")
    assert opinion is not None
    assert opinion.learned_from == digest("en")


class Silent:
    name = "another"

    def encode(self, text: str) -> NDArray[np.float32]:
        raise AssertionError(text)


def test_the_second_opinion_asks_no_other_model_than_its_own() -> None:
    screen("I feel odd", (), SETTINGS, Silent())


def test_a_language_without_examples_has_no_second_opinion() -> None:
    assert second_opinion("xx") is None


def test_a_long_message_is_read_in_pieces_that_keep_every_word_up_to_a_bound() -> None:
    for length in (0, 1, 149, 150, 151, 320, 600, 700):
        words = [f"w{n}" for n in range(length)]
        assert " ".join(pieces(" ".join(words))).split() == words
    assert len(pieces("word " * 9000)) == PIECES


@pytest.mark.slow
def test_the_second_opinion_adds_emergencies_and_takes_none_back() -> None:
    encoder, opinion = open_tuned_encoder(), second_opinion("en")
    assert encoder is not None
    assert opinion is not None
    labels = learned("en")
    missed = [text for text, label in labels.items() if label == "emergency" and not grave(text)]
    found = [screen(text, (), SETTINGS, encoder).level in GRAVE for text in missed]
    assert sum(found) >= len(missed) / 2
    assert screen(FLAG, (), SETTINGS, encoder).level == "emergency"
    assert screen("What does magnesium do in muscles?", (), SETTINGS, encoder).level is None


class OneNumber(Encoder):
    """The same vector for every text."""

    name = "one number"

    def encode(self, _text: str) -> NDArray[np.float32]:
        return np.ones((1, 1), np.float32)


def test_where_nobody_is_named_a_grave_opinion_must_be_surer() -> None:
    model = Model(0.0, -9.0, 0.0, [SURER / 2], [[0.0]], [[0.0]])
    surer = replace(model, vector=[2 * SURER])
    levelled: list[dict[Level, Model]] = [
        {"crisis": model},
        {"crisis": surer},
        {"personal_advice": model},
    ]
    book, text = rulebook("en"), "all of the pills at once tonight"
    told = [
        SecondOpinion("", OneNumber.name, levels).of((), text, book, OneNumber()).found
        for levels in levelled
    ]
    assert told == [frozenset(), frozenset({"crisis"}), frozenset({"personal_advice"})]
    named = SecondOpinion("", OneNumber.name, {"crisis": model})
    assert named.of((), f"I took {text}", book, OneNumber()).found


EMERGENCIES = [rule for rule in RULES if rule.level == "emergency"]


@pytest.mark.parametrize("rule", EMERGENCIES, ids=lambda rule: rule.name)
def test_a_doubt_lowers_an_emergency_to_soon_or_not_at_all(rule: Rule) -> None:
    found = lowered([Finding(rule, ())], Opinion(doubted=frozenset({"emergency"})))
    assert [one.rule.level for one in found] == [rule.if_doubted]
    assert rule.if_doubted in {"soon", "emergency"}


def test_what_is_kept_in_doubt_stays() -> None:
    kept = [Finding(rule, ()) for rule in EMERGENCIES if rule.if_doubted == "emergency"]
    assert kept
    assert lowered(kept, Opinion(doubted=frozenset({"emergency"}))) == kept


def test_a_doubt_lowers_a_crisis_to_whom_to_call_and_never_to_nothing() -> None:
    crises = [Finding(rule, ()) for rule in RULES if rule.level == "crisis"]
    assert lowered(crises, Opinion(doubted=frozenset({"emergency"}))) == crises
    levels = {
        each.rule.name: each.rule.level
        for each in lowered(crises, Opinion(doubted=frozenset({"crisis"})))
    }
    assert levels.pop("asks what kills") == "crisis"
    assert set(levels.values()) == {"support"}


@pytest.mark.parametrize(
    ("before", "question"),
    [
        (("How do I move my data to another server?",), "I understand."),
        (("Which discoveries were made about the planets?",), "I meant for Mars?"),
        (("Can I get into the account?",), "If they deny me access, can I get it in the future?"),
        (("Do you take cards?",), "What other ways of payment are there for me to use?"),
        ((), "how long have i got to get my money back if it doesnt work"),
    ],
)
def test_ordinary_turns_of_a_conversation_are_no_crisis(
    before: tuple[str, ...], question: str
) -> None:
    history = [Turn("user", text) for text in before]
    assert screen(question, history, SETTINGS, open_tuned_encoder()).level is None


def test_a_decision_that_the_second_opinion_doubts_is_none() -> None:
    asked = "How do I use coconut oil on dry skin?"
    assert screen(asked, (), SETTINGS).level == "personal_advice"
    found = rulebook("en").findings(asked)
    assert lowered(found, Opinion(doubted=frozenset({"personal_advice"}))) == []


def test_the_second_opinion_reads_the_encoder_that_was_taught_with_it() -> None:
    encoder, opinion = open_tuned_encoder(), second_opinion("en")
    assert encoder is not None
    assert opinion is not None
    assert encoder.name == opinion.encoder


def test_an_opinion_without_doubt_lowers_nothing() -> None:
    found = [Finding(rule, ()) for rule in RULES]
    assert lowered(found, Opinion(doubted=frozenset({"soon"}))) == found


@pytest.mark.slow
def test_the_second_opinion_lowers_no_example_that_must_fire() -> None:
    encoder = open_tuned_encoder()
    assert encoder is not None
    told = [text for rule in RULES if rule.level in GRAVE for text in rule.fires]
    assert [t for t in told if screen(t, (), SETTINGS, encoder).level not in GRAVE] == []


@pytest.mark.slow
def test_a_decision_that_only_the_turns_together_tell_is_found() -> None:
    encoder = open_tuned_encoder()
    before = [Turn("user", "My dad has heart failure"), Turn("assistant", "...")]
    assert screen("would the 400 be ok?", before, SETTINGS, encoder).level == "personal_advice"
    assert screen("what does the heart do?", before, SETTINGS, encoder).level is None


def grave(text: str) -> bool:
    return screened(text).level in GRAVE
