"""Facts with the questions they answer: invented ones, and those that a corpus states."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from string import Template

from chat.terms import content_words
from evals.generate.material import (
    AMOUNTS,
    COUNTS,
    MEASURE,
    TIMES,
    nonce,
    readable,
    topics,
    units,
    vocabulary,
)
from evals.trial import File
from ingest.sentences import sentence_spans

LONGEST = 30  # words of a sentence that a question is made from
# What stands before a figure that cannot be asked for by itself: "between 6 and", "the", "(about".
PART_OF_MORE = re.compile(
    r"(?:\d\S*\s+(?:to|and|or)|\b(?:the|these|those|all|both|its|their|our|every|each|first|last"
    r"|additional|further|other|an?))"
    r"\s*$|\([^)]*$|;",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Form:
    """How a fact is told, told again by somebody else, and asked for.

    $name is invented, $topic from the document, $value with its $unit the answer. kind: of unit.
    """

    kind: str
    told: str
    again: str
    asked: str
    answer: str = "$value $unit"


FORMS = (
    Form(
        COUNTS,
        "In the $name survey of $topic, $value $unit were recorded.",
        "A total of $value $unit were recorded in the $name survey of $topic.",
        "How many $unit were recorded in the $name survey of $topic?",
    ),
    Form(
        TIMES,
        "The $name programme for $topic was tried over $value $unit.",
        "For $value $unit the $name programme for $topic was tried.",
        "Over how many $unit was the $name programme for $topic tried?",
    ),
    Form(
        COUNTS,
        "The $name register on $topic counted $value $unit in its first year.",
        "In its first year, the $name register on $topic counted $value $unit.",
        "How many $unit did the $name register on $topic count in its first year?",
    ),
    Form(
        AMOUNTS,
        "According to the $name report on $topic, the average was $value $unit.",
        "The average was $value $unit, according to the $name report on $topic.",
        "What was the average according to the $name report on $topic?",
    ),
    Form(
        TIMES,
        "The $name study of $topic ended after $value $unit.",
        "After $value $unit the $name study of $topic ended.",
        "After how many $unit did the $name study of $topic end?",
    ),
    Form(
        "person",
        "The $name scale for $topic was first described by $person.",
        "As far as is known, the $name scale for $topic was first described by $person.",
        "Who first described the $name scale for $topic?",
        "$person",
    ),
    Form(
        AMOUNTS,
        "The $name guideline on $topic allows $value $unit a day.",
        "The daily amount that the $name guideline on $topic allows is $value $unit.",
        "How many $unit a day does the $name guideline on $topic allow?",
    ),
    Form(
        "year",
        "The $name handbook on $topic was last revised in $year.",
        "It was in $year that the $name handbook on $topic was last revised.",
        "In which year was the $name handbook on $topic last revised?",
        "$year",
    ),
)


@dataclass(frozen=True)
class Fact:
    """statement: the sentence that holds it. answer: the words that an answer must hold.

    again: the same in other words. other: `again` with another answer, which is `rival`.
    """

    statement: str
    question: str
    answer: str
    file: int
    name: str = ""
    again: str = ""
    other: str = ""
    rival: str = ""


def invented(files: Sequence[File], count: int, draw: random.Random) -> list[Fact]:
    """Facts nobody can know, each with a name of its own, spread over the files."""
    taken, known = vocabulary(files), {kind: units(files, kind) for kind in (COUNTS, TIMES)}
    known[AMOUNTS] = units(files, AMOUNTS)
    return [_invented(files, number, draw, taken, known) for number in range(count)]


def _invented(
    files: Sequence[File],
    number: int,
    draw: random.Random,
    taken: set[str],
    known: dict[str, list[str]],
) -> Fact:
    file, form = number % len(files), FORMS[number % len(FORMS)]
    low, year = draw.randint(11, 480), draw.randint(1931, 1989)
    name = nonce(draw, taken)
    words = {
        "name": name,
        "topic": draw.choice(topics(files[file])),
        "unit": draw.choice(known.get(form.kind, [""])),
        "value": str(low),
        "year": str(year),
        "person": nonce(draw, taken),
    }
    otherwise = {
        **words,
        "value": str(low + draw.randint(100, 400)),
        "year": str(year + draw.randint(4, 30)),
        "person": nonce(draw, taken),
    }
    return Fact(
        Template(form.told).substitute(words),
        Template(form.asked).substitute(words),
        Template(form.answer).substitute(words),
        file,
        name,
        Template(form.again).substitute(words),
        Template(form.again).substitute(otherwise),
        Template(form.answer).substitute(otherwise),
    )


def in_own_words(files: Sequence[File], count: int, draw: random.Random) -> list[Fact]:
    """Sentences of the corpus told of an invented study, with another figure: its own style."""
    found = [
        (number, sentence)
        for number, file in enumerate(files)
        for sentence in sentences_of(file)
        if asked_of(sentence)[0] and len(MEASURE.findall(sentence)) == 1
    ]
    taken = vocabulary(files) | {m[1] for file in files for m in MEASURE.finditer(file.text)}
    facts = []
    for number, sentence in draw.sample(found, min(count, len(found))):
        name = nonce(draw, taken)
        changed = MEASURE.sub(lambda m: f"{changed_number(m[1], draw, taken)} {m[2]}", sentence)
        statement = f"In the {name} study, {_inside(changed)}"
        question, answer = asked_of(statement)
        facts.append(Fact(statement, question, answer, number, name))
    return [fact for fact in facts if fact.question]


def _inside(sentence: str) -> str:
    """The sentence as it stands inside another one: names and abbreviations keep their capital."""
    first = sentence.split(maxsplit=1)[0]
    usual = first[1:].islower() and len(first) > 1 and first.lower() in OPENINGS
    return sentence[0].lower() + sentence[1:] if usual or len(first) == 1 else sentence


OPENINGS = frozenset(
    "the a an between in of on at by for from with to and but some most all both many few each"
    " every this that these those there it they we people about around up only during after"
    " before over among half one two three four five six seven eight nine ten".split()
)


def sentences_of(file: File) -> list[str]:
    """The sentences of a file's running text, each on one line."""
    spans = sentence_spans(file.text, language=file.about.language)
    texts = [" ".join(file.text[start:end].split()) for start, end in spans]
    return [text for text in texts if text.endswith((".", "!")) and readable(text)]


def asked_of(sentence: str) -> tuple[str, str]:
    """A question that the sentence answers, and the answer in it; ("", "") where none can be made.

    "The level is 350 mg a day" becomes "The level is how many mg a day?": plain, but it asks for
    exactly that figure in any text.
    """
    text = " ".join(sentence.split()).rstrip(".!").lstrip("#*->• ")
    match = MEASURE.search(text)
    long = len(text.split()) > LONGEST
    if match is None or long or text.endswith("?") or len(content_words(text)) < 4:
        return "", ""
    if PART_OF_MORE.search(text[: match.start()]):
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
