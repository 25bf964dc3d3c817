"""The word lists that verification and conflicts compare meanings by, read from `prompts/`."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from chat.screening.textfiles import blocks, phrase_lists
from chat.terms import STOP, stem
from chat.wording import PROMPTS

TOKEN = re.compile(r"[^\W_]+(?:['.][^\W_]+)*%?|[.,;:()!?]")
PUNCTUATION = frozenset(".,;:()!?")
PREFIX = 5  # letters that two words share when one is a form of the other
LONGEST = 3  # words of a phrase in the lists
SUBJECTS = ("minerals and vitamins", "medicines", "illnesses")  # entities that a text is about


@dataclass(frozen=True)
class Lexicon:
    """Word lists of one language.

    opposites: word -> (pair, side), a word may stand in several. entities: word -> (kind, thing).
    groups: stem -> numbers of the groups of words that count as each other.
    """

    negation: Mapping[str, frozenset[str]]
    quantifiers: Mapping[str, str]
    opposites: Mapping[str, frozenset[tuple[int, int]]]
    entities: Mapping[str, tuple[str, str]]
    groups: Mapping[str, frozenset[int]]
    phrases: frozenset[str]

    def tokens(self, text: str) -> list[str]:
        """Words in lower case and punctuation; phrases of the lists are one token."""
        text = text.lower().replace("’", "'").replace("n't", " not").replace("cannot", "can not")
        text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)  # a comma within a number ends no clause
        found = [token.removesuffix("'s") for token in TOKEN.findall(text.replace("-", " "))]
        joined: list[str] = []
        while len(joined) < len(found):
            place = len(joined)
            length = self._phrase_at(found, place)
            joined.append(" ".join(found[place : place + length]))
            found[place : place + length] = [joined[-1]]
        return joined

    def _phrase_at(self, tokens: Sequence[str], place: int) -> int:
        for length in range(LONGEST, 1, -1):
            if " ".join(tokens[place : place + length]) in self.phrases:
                return length
        return 1

    def things(self, text: str, kinds: Collection[str]) -> set[str]:
        """The entities of some kinds that a text names, each whatever it is called."""
        known = (self.entities[token] for token in self.tokens(text) if token in self.entities)
        return {thing for kind, thing in known if kind in kinds}

    def alike(self, a: str, b: str) -> bool:
        """Whether two stems are one word, forms of one word, or listed as each other's synonyms."""
        if a == b or (len(a) >= PREFIX and a[:PREFIX] == b[:PREFIX]):
            return True
        if len(min(a, b, key=len)) >= PREFIX - 1 and (a.startswith(b) or b.startswith(a)):
            return True
        return bool(self.groups.get(a, frozenset()) & self.groups.get(b, frozenset()))

    def any_alike(self, a: str, others: Sequence[str]) -> bool:
        """Whether one of the others is alike."""
        return any(self.alike(a, other) for other in others)


def content(tokens: Sequence[str]) -> list[str]:
    """The stems of the words that carry meaning, numbers left out, in order."""
    return [stem(token) for token in tokens if is_content(token)]


def stems(words: str) -> frozenset[str]:
    """The stems of words that stand apart by blanks."""
    return frozenset(stem(word) for word in words.split())


def is_content(token: str) -> bool:
    """Whether a token carries meaning: no punctuation, function word or bare number."""
    return token not in STOP and token not in PUNCTUATION and not token[0].isdigit()


@cache
def lexicon(language: str = "en") -> Lexicon:
    """The lists in `prompts/LANGUAGE/verify/`."""
    folder = PROMPTS / language / "verify"
    negation = {
        name: frozenset(words) for name, words in phrase_lists(folder / "negation.txt").items()
    }
    quantifiers = {
        word: name
        for name, words in phrase_lists(folder / "quantifiers.txt").items()
        for word in words
    }
    opposites = _opposites(phrase_lists(folder / "opposites.txt"))
    entities = {
        name.strip(): (kind, line)
        for kind, lines in blocks(folder / "entities.txt")
        for line in lines
        for name in line.split(",")
    }
    every = [
        *quantifiers,
        *opposites,
        *entities,
        *(w for words in negation.values() for w in words),
    ]
    phrases = frozenset(word for word in every if " " in word)
    groups = _groups([line for _, lines in blocks(folder / "synonyms.txt") for line in lines])
    return Lexicon(negation, quantifiers, opposites, entities, groups, phrases)


def _opposites(lists: Mapping[str, Sequence[str]]) -> dict[str, frozenset[tuple[int, int]]]:
    """Blocks two by two: the first is the opposite of the second."""
    found: dict[str, set[tuple[int, int]]] = {}
    for number, words in enumerate(lists.values()):
        for word in words:
            found.setdefault(word, set()).add((number // 2, number % 2))
    return {word: frozenset(sides) for word, sides in found.items()}


def _groups(lines: Sequence[str]) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, line in enumerate(lines):
        for word in line.split(","):
            found.setdefault(stem(word.strip()), set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}
