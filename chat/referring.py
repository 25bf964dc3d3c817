"""Words that stand for something said before: "it", "they", "this cream", "the actor"."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from chat.phrases import Phrase, phrases, plain, word_lists
from chat.terms import stem

PRONOUN = re.compile(
    r"\b(it|its|they|them|their|he|him|his|she|her|this|that|these|those)\b", re.IGNORECASE
)
COUNTED = re.compile(r"\bhow many (\w+)\b(?! of\b)", re.IGNORECASE)
ASKED_FOR = re.compile(r"what (?:still |else |usually |most |best |\w+ly )?(\w+s) ", re.IGNORECASE)
HELPS = {"helps", "works"}
NEAR = 3  # questions before among which what fits in number is preferred
OWNING = frozenset({"its", "their", "his"})
SEVERAL = frozenset({"they", "them", "their", "these", "those"})
PERSON = frozenset({"he", "him", "his", "she", "her"})
# "Is it safe to …", "how long does it take to …", "is it true that …" point at nothing before.
EMPTY_IT = re.compile(
    r"\bit(?:'s| is| was)?(?: \w+){0,3}? (?:to|that|if|when|for \w+ to)\b"
    r"|\bit (?:rains?|snows?|is (?:cold|warm|hot|late|true))\b",
    re.IGNORECASE,
)
POINTING = re.compile(  # "that" that stands for a thing, not one that joins two sentences
    r"\b(?:is|was|does|do|did|can|about|of|like|with|after|before|for|to|than|and|why|how|say|by)"
    r" that\b|^that\b",
    re.IGNORECASE,
)
BORDER = re.compile(
    r"[,;:.?!(]|\b(?:that|if|when|because|and|or|then|but|since|while)\b", re.IGNORECASE
)
NAMED = re.compile(r"^ (of|in|from|for|with|that|who|which|called|named|at|on)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Reference:
    """A word or "this NOUN" at [start:end]. noun: the word that "this" stands before."""

    word: str
    start: int
    end: int
    noun: str = ""

    @property
    def owning(self) -> bool:
        """Whether it says whose something is."""
        return self.word.lower() in OWNING or (self.word.lower() == "her" and bool(self.noun))


def reference(question: str, language: str = "en") -> Reference | None:
    """The first word that stands for something outside the question; None if there is none."""
    named = phrases(question, language)
    for match in PRONOUN.finditer(question):
        word = match[0].lower()
        if word == "it" and EMPTY_IT.match(question, match.start()):
            continue
        if word == "that" and not _points(question, match):
            continue
        found = _with_noun(match, named, language)
        if found.noun.lower() in word_lists(language)["time"] or _explained(found, question, named):
            continue
        return found
    return None


def _points(question: str, match: re.Match[str]) -> bool:
    before = question[: match.end()]
    joined = re.search(r"\b(?:is|are|was)\b.*\b(?:is|are|was) that$", before, re.IGNORECASE)
    return bool(POINTING.search(before[max(0, len(before) - 14) :])) and not joined


def _explained(found: Reference, question: str, named: Sequence[Phrase]) -> bool:
    """Whether a phrase of the same question stands before it, fits it and is not of its clause."""
    if found.noun and not found.owning:
        return False
    several = found.word.lower() in SEVERAL
    return any(
        phrase.end <= found.start
        and (_fits(phrase, several=several) or found.word.lower() in PERSON)
        and (found.owning or BORDER.search(question[phrase.end : found.start]))
        for phrase in named
    )


def _with_noun(match: re.Match[str], named: Sequence[Phrase], language: str) -> Reference:
    """What follows "this" is its noun: "this cream" is one reference."""
    word, start, end = match[0], match.start(), match.end()
    follows = next((p for p in named if p.start == end + 1), None)
    if word.lower() not in {"this", "that", "these", "those"}:
        noun = follows.text if follows and word.lower() == "her" else ""
        return Reference(word, start, end, noun)
    if follows is not None:
        return Reference(word, start, follows.end, follows.text)
    general = re.match(r" (\w+)", match.string[end:])
    if general and general[1].lower() in word_lists(language)["general"]:
        return Reference(word, start, end + general.end(), general[1])
    return Reference(word, start, end)


def antecedent(
    found: Reference, before: Sequence[str], said: Sequence[str], language: str = "en"
) -> str | None:
    """What it stands for: the nearest phrase before that fits; None where nothing does."""
    if found.word.lower() in PERSON:
        return _person(before, said, language)
    several = found.word.lower() in SEVERAL
    nobody: frozenset[str] = frozenset() if several else word_lists(language)["persons"]
    if found.noun:
        head = found.noun.split(" of ")[0].split()[-1].lower()
        named = _named_before(stem(head), [*before, *said[-1:]], language)
        if named or stem(head) in {stem(word) for word in word_lists(language)["one of many"]}:
            return named
        if stem(head) in _stems(said[-1:]):  # "calcium is pumped back": "that pump" is the pump
            return f"the {found.noun}"
    if asked := _asked_for(before, said, language, several=several):
        return asked
    earlier = [_candidates(question, language) for question in reversed(before)]
    earlier = [
        [p for p in row if plain(p.text.split()[-1]) not in nobody] or row for row in earlier
    ]
    fitting = [phrase for row in earlier[:NEAR] for phrase in row if _fits(phrase, several=several)]
    return next((phrase.named for phrase in [*fitting, *(p for row in earlier for p in row)]), None)


def _asked_for(
    before: Sequence[str], said: Sequence[str], language: str, *, several: bool
) -> str | None:
    """What the question before asks for: what it counts, or what the answer to "what helps" names.

    Of the answer only what the question did not name, which is no person, can be that.
    """
    last = before[-1] if before else ""
    if several and (counted := COUNTED.search(last)):
        return f"the {counted[1]}"
    asks = ASKED_FOR.match(last)
    if several or not asks or plain(asks[1]) not in word_lists(language)["verbs"] | HELPS:
        return None
    known = _stems([last])
    persons = word_lists(language)["persons"]
    for phrase in phrases(" ".join(said[-1:])[:600], language):
        new = _fits(phrase, several=False) and not phrase.terms & known
        if new and plain(phrase.text.split()[-1]) not in persons:
            return phrase.named
    return None


def _fits(phrase: Phrase, *, several: bool) -> bool:
    """Whether it is one or several things as asked for; a name with capitals may be either."""
    return phrase.proper or phrase.several == several


def _candidates(question: str, language: str) -> list[Phrase]:
    return [part for phrase in phrases(question, language) for part in _parts(phrase)]


def _named_before(head: str, texts: Sequence[str], language: str) -> str | None:
    """The name of what "this NOUN" is: the nearest phrase with that noun, else the noun said."""
    for phrase in _earlier(texts, language):
        if head in phrase.terms:
            return phrase.named
    return None


def _earlier(texts: Sequence[str], language: str) -> Iterator[Phrase]:
    for text in reversed(texts):
        yield from phrases(text[:2000], language)


def _parts(phrase: Phrase) -> Iterator[Phrase]:
    """A phrase, and what stands after its "of": the side effects of magnesium, and magnesium."""
    yield phrase
    if " of " in phrase.text:
        name = phrase.text.split(" of ")[-1].removeprefix("the ")
        several = name.endswith("s") and not name.endswith("ss")
        yield Phrase(name, phrase.end - len(name), phrase.end, several, phrase.proper)


def _person(before: Sequence[str], said: Sequence[str], language: str) -> str | None:
    """A name, of a question before or else of an answer; or a word for a person."""
    persons = word_lists(language)["persons"]
    for text in [*reversed(before), *reversed(said)]:
        for phrase in phrases(text[:600], language):
            name = phrase.text.split(" and ")[0]
            several_words = len(name.split()) > 1 or phrase.start > 0
            if (phrase.proper and several_words) or set(name.lower().split()) & persons:
                return name
    return None


def _stems(texts: Iterable[str]) -> set[str]:
    return {stem(word) for text in texts for word in re.findall(r"\w+", text.lower())}


def unnamed(question: str, conversation: Sequence[str], language: str = "en") -> str | None:
    """The words that leave open which one is meant: "the country" where none was named."""
    kinds = word_lists(language)["one of many"]
    known = _stems(conversation)
    for phrase in phrases(question, language):
        words = phrase.text.split(" of ")[0].split()
        place = next((n for n, word in enumerate(words) if plain(word) in kinds), None)
        if place is None or not _after_the(question[: phrase.start], language):
            continue
        head = " ".join(words[: place + 1])
        after = question[phrase.start + len(head) :]
        if not _tells_which(words[: place + 1], after, known):
            return f"the {head}"
    return None


def _after_the(before: str, language: str) -> bool:
    """Whether "the" stands before, with describing words between: "the famous"."""
    words, lists = re.findall(r"\w+", before.lower()), word_lists(language)
    while words and words[-1] in lists["qualities"] | lists["describing"]:
        words.pop()
    return bool(words) and words[-1] == "the"


def _tells_which(words: Sequence[str], after: str, known: set[str]) -> bool:
    """Whether "the NOUN" is named, told apart by what stands around it, or was said before."""
    names = any(word[0].isupper() and not word.isupper() for word in words)
    ordinal = {"first", "last", "best", "only", "most", "same"} & {w.lower() for w in words}
    said = stem(plain(words[-1])) in known
    return names or bool(ordinal) or said or bool(NAMED.match(after))
