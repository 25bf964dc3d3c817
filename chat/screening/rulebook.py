"""Everything the screen knows in one language, read from `prompts/LANGUAGE/screen/` once."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from chat.screening.concepts import Concepts, Mention, Places
from chat.screening.context import Context, Cues, asks_in_general
from chat.screening.measures import Range, is_number, measured, range_of
from chat.screening.misspelling import Speller
from chat.screening.rules import Rule, load_rules
from chat.screening.textfiles import blocks, phrase_lists
from chat.screening.words import WORD, Message, message, raw_words, stem
from chat.wording import PROMPTS
from ingest.errors import UserError

DECIMAL_COMMA = re.compile(r"(\d),(\d{1,2})(?!\d)")
NUMBER_DOT = re.compile(r"(?<=\d)\.(?= ?[^\W\d])")  # "32. Woche"
FIGURE, FICTION = "figure of speech", "not about real people"


@dataclass(frozen=True)
class Finding:
    """A rule that fired, and the places (in words) of what fired it."""

    rule: Rule
    mentions: tuple[Mention, ...]


class Rulebook:
    """The rules of one language with what they need to be applied to a message."""

    def __init__(self, folder: Path) -> None:
        self.spelling = _spelling(folder / "spelling.txt")
        words = phrase_lists(folder / "words.txt")
        self.small, self.stemmer = frozenset(words["small words"]), words["stemmer"][0]
        self._numbers = _numbers(folder / "spelling.txt")
        concepts, phrases = _lists(folder / "concepts"), _lists(folder / "phrases")
        self.ranges = _ranges(folder / "measures.txt")
        self.cues = self._cues(folder / "cues.txt")
        self.concepts = Concepts(concepts, self.spelling, self.small, self.stemmer)
        self.phrases = Concepts(phrases, self.spelling, frozenset(), self.stemmer)
        self.rules = tuple(load_rules(folder / "rules"))
        needed = {n for rule in self.rules for way in rule.needs for item in way for n in item}
        self.excuses = {n for rule in self.rules for n in rule.concepts} - needed
        self._speller = _speller({**concepts, **phrases}, self.small, folder, self.stemmer)
        self._check_rules()

    def _cues(self, path: Path) -> Cues:
        lists = phrase_lists(path)
        return Cues({k: [tuple(raw_words(p, self.spelling)) for p in v] for k, v in lists.items()})

    def _check_rules(self) -> None:
        known = self.concepts.names | self.phrases.names | set(self.ranges)
        for rule in self.rules:
            if missing := rule.concepts - known:
                raise UserError(f"rule [{rule.name}]: no concept {', '.join(sorted(missing))}")

    def findings(self, text: str) -> list[Finding]:
        """The rules that fire on this text alone."""
        everything, present = self._heard(text)
        if everything.of([FICTION]):
            return []
        found = ((rule, rule.evidence(present, everything)) for rule in self.rules)
        return [Finding(rule, evidence) for rule, evidence in found if evidence]

    def small_words(self, text: str) -> int:
        """How many words of the text are small words of this language."""
        return sum(word in self.small for word in raw_words(text, self.spelling))

    def speaks_of_somebody(self, text: str) -> bool:
        """Whether the text speaks of a person, gives a reading, or tells more than it asks."""
        return bool(self._readings(text)) or any(
            self.cues.has("person", one) or not asks_in_general(one, self.cues)
            for one in self._sentences(text)
        )

    def names_somebody(self, text: str) -> bool:
        """Whether the text names a person, be it only as "I" or "she"."""
        return any(self.cues.has("person", one) for one in self._sentences(text))

    def _sentences(self, text: str) -> Iterator[Sequence[str]]:
        heard = message(raw_words(text, self.spelling), self.small, self.stemmer)
        return (heard.raw[start:end] for start, end in heard.sentences)

    def _heard(self, text: str) -> tuple[Places, Places]:
        """All that is mentioned, and what of it holds now."""
        mentions, context = self._in_context(text)
        return Places(mentions), Places(m for m in mentions if context.state(m) is None)

    def _in_context(self, text: str) -> tuple[list[Mention], Context]:
        raw = raw_words(text, self.spelling, self._right)
        heard = message(raw, self.small, self.stemmer)
        mentions = self._mentions(text, raw, heard)
        counted = {m.first for m in mentions if m.concept in self.ranges}
        symptoms = [m for m in mentions if m.concept not in self.excuses]
        return mentions, Context(heard, self.cues, symptoms, counted)

    def said(self, text: str) -> Places:
        """What a passage of a source says, in general or of somebody, without what it denies."""
        mentions, context = self._in_context(text)
        return Places(m for m in mentions if context.state(m) != "denied")

    def _mentions(self, text: str, raw: list[str], heard: Message) -> list[Mention]:
        every = message(raw, frozenset(), self.stemmer)
        word_for_word = self.phrases.mentions(every.words, every)
        counted = [*self._measured(text, heard), *word_for_word]
        return _not_figures([*self.concepts.mentions(every.words, heard), *counted])

    def _right(self, word: str) -> str:
        return (
            word if stem(word, self.stemmer) in self._speller.known else self._speller.right(word)
        )

    def _readings(self, text: str) -> list[tuple[str, int]]:
        """Readings in the text once its numbers are written as the measures know them."""
        return measured(self._numbers(text), self.ranges)

    def _measured(self, text: str, heard: Message) -> list[Mention]:
        """Readings as mentions; their place among the words is reckoned from their characters."""
        found = self._readings(text)
        numbers = [at for at, word in enumerate(heard.raw) if is_number(word)]
        if not found or not numbers:
            return []
        ends = [match.end() for match in re.finditer(WORD, text)]
        mentions = list[Mention]()
        for name, start in found:
            guess = sum(end <= start for end in ends) / len(ends) * len(heard.raw)
            at = min(numbers, key=lambda place: abs(place - guess))
            mentions.append(Mention(name, at, at))
        return mentions


def _not_figures(mentions: list[Mention]) -> list[Mention]:
    """The mentions that do not begin inside a figure of speech."""
    figures = [m for m in mentions if m.concept == FIGURE]
    taken = {place for m in figures for place in range(m.first, m.last + 1)}
    return [m for m in mentions if m.first not in taken]


def _lists(folder: Path) -> dict[str, list[str]]:
    """The lists of all files of a folder."""
    lists: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*.txt")):
        for name, more in phrase_lists(path).items():
            lists.setdefault(name, []).extend(more)
    return lists


def _spelling(path: Path) -> dict[str, str]:
    """Lines of `meant: variant, variant` as variant -> meant."""
    pairs = (line.partition(":") for n, lines in blocks(path) if n != "numbers" for line in lines)
    return {v.strip(): meant.strip() for meant, _, more in pairs for v in more.split(",")}


def _ranges(path: Path) -> dict[str, Range]:
    return {name: range_of(lines[0]) for name, lines in blocks(path)}


def _numbers(path: Path) -> Callable[[str], str]:
    """Writes units, number words and decimal commas as `measures` reads them, by [numbers]."""
    lines = [line for name, lines in blocks(path) if name == "numbers" for line in lines]
    meant = {
        variant.strip(): line.partition(":")[0].strip()
        for line in lines
        for variant in line.partition(":")[2].split(",")
    }
    if not meant:
        return str
    known = re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, meant), key=len, reverse=True))})\b")

    def written(text: str) -> str:
        plain = known.sub(lambda match: meant[match[0]], NUMBER_DOT.sub("", text.lower()))
        return DECIMAL_COMMA.sub(r"\1.\2", plain)

    return written


def _speller(
    lists: dict[str, list[str]], small: frozenset[str], folder: Path, stemmer: str
) -> Speller:
    ours = {w for more in lists.values() for p in more for w in WORD.findall(p) if w.isalpha()}
    cues = {
        w for more in phrase_lists(folder / "cues.txt").values() for p in more for w in p.split()
    }
    real = phrase_lists(folder / "known_words.txt")["not misspelled"]
    return Speller(ours, {*real, *small, *cues, *(stem(word, stemmer) for word in ours)})


@cache
def rulebook(language: str) -> Rulebook:
    """The rulebook of a language; read once."""
    return Rulebook(PROMPTS / language / "screen")
