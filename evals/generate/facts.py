"""Facts with the questions they answer: invented ones, and those that a corpus states."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from chat.terms import content_words
from evals.generate.material import MEASURE, nonce, topic_words, units, vocabulary
from evals.trial import File

# {name} nonce, {topic} of the document, {value} {unit} the answer.
FORMS: tuple[tuple[str, str], ...] = (
    (
        "In the {name} survey of {topic}, {value} {unit} were recorded.",
        "How many {unit} were recorded in the {name} survey of {topic}?",
    ),
    (
        "The {name} method for {topic} was tried over {value} {unit}.",
        "Over how many {unit} was the {name} method for {topic} tried?",
    ),
    (
        "The {name} register on {topic} counted {value} {unit} in its first year.",
        "How many {unit} did the {name} register on {topic} count in its first year?",
    ),
    (
        "According to the {name} report on {topic}, the average was {value} {unit}.",
        "What was the average according to the {name} report on {topic}?",
    ),
    (
        "The {name} study of {topic} ended after {value} {unit}.",
        "After how many {unit} did the {name} study of {topic} end?",
    ),
    (
        "The {name} scale for {topic} was first described by {person}.",
        "Who first described the {name} scale for {topic}?",
    ),
)


@dataclass(frozen=True)
class Fact:
    """statement: the sentence that holds it. answer: the words that an answer must hold."""

    statement: str
    question: str
    answer: str
    file: int
    other: str = ""


def invented(files: Sequence[File], count: int, draw: random.Random) -> list[Fact]:
    """Facts nobody can know, each with a name of its own, spread over the files.

    other: the same statement with another answer.
    """
    taken, measures = vocabulary(files), units(files)
    return [_invented(files, number, draw, taken, measures) for number in range(count)]


def _invented(
    files: Sequence[File], number: int, draw: random.Random, taken: set[str], measures: list[str]
) -> Fact:
    file = number % len(files)
    statement, question = FORMS[number % len(FORMS)]
    low = draw.randint(11, 480)
    names = {
        "name": nonce(draw, taken),
        "topic": draw.choice(topic_words(files[file])),
        "unit": draw.choice(measures),
    }
    value, other = str(low), str(low + draw.randint(100, 400))
    person, rival = nonce(draw, taken), nonce(draw, taken)
    human = "{person}" in statement
    answer = person if human else f"{value} {names['unit']}"
    return Fact(
        statement.format(**names, value=value, person=person),
        question.format(**names),
        answer,
        file,
        statement.format(**names, value=other, person=rival),
    )


def asked_of(sentence: str) -> tuple[str, str]:
    """A question that the sentence answers, and the answer in it; ("", "") where none can be made.

    "The level is 350 mg a day" becomes "The level is how many mg a day?": plain, but it asks for
    exactly that figure in any text.
    """
    text = " ".join(sentence.split()).rstrip(".!").lstrip("#*->• ")
    match = MEASURE.search(text)
    long = len(text.split()) > 45
    if match is None or long or text.endswith("?") or len(content_words(text)) < 4:
        return "", ""
    asked = f"{text[: match.start()]}how many {match[2]}{text[match.end() :]}?"
    return asked[0].upper() + asked[1:], f"{match[1]} {match[2]}"


def changed_number(number: str, draw: random.Random, taken: set[str]) -> str:
    """Another number of the same shape that the corpus does not use."""
    while True:
        digits = re.sub(r"\d", lambda _: str(draw.randint(1, 9)), number)
        if digits not in taken:
            taken.add(digits)
            return digits
        number = number if len(number) > 2 else number + "1"
