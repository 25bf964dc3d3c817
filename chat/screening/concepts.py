"""Find concepts in a message: lists of phrases from `concepts*.txt`, matched on stems.

A phrase matches word by word; `...` in it leaves room for up to three other words. A concept that
is found is a Mention: which concept, and from which word to which.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chat.screening.words import Message, Word, meaning, raw_words

GAP = "..."
WIDEST_GAP = 3
MOST = 200
GAP_ENDS = frozenset({"no", "not", "without", "but"})
DENIAL = frozenset({"can", "not", "no"})  # these alone say too little
Pattern = tuple[str, ...]


@dataclass(frozen=True)
class Mention:
    """A concept found. first and last: the places of its first and last word in `Message.raw`."""

    concept: str
    first: int
    last: int


def pattern(
    phrase: str, spelling: Mapping[str, str], small: frozenset[str], stemmer: str = "english"
) -> Pattern:
    """The phrase as stems without small words; `...` stays as the gap."""
    parts = [part.split() for part in phrase.split(GAP)]
    stems = [
        [w.stem for w in meaning(raw_words(" ".join(p), spelling), small, stemmer)] for p in parts
    ]
    joined: list[str] = stems[0]
    for part in stems[1:]:
        joined = [*joined, GAP, *part]
    return tuple(joined)


@dataclass
class Table:
    """Patterns by their first words, so that a message is read once whatever the lists hold."""

    whole: dict[Pattern, list[str]] = field(default_factory=dict)
    begins: set[Pattern] = field(default_factory=set)
    gapped: dict[str, list[tuple[Pattern, str]]] = field(default_factory=dict)

    def add(self, one: Pattern, name: str) -> None:
        if GAP in one:
            self.gapped.setdefault(one[0], []).append((one, name))
            return
        self.whole.setdefault(one, []).append(name)
        self.begins.update(one[:length] for length in range(1, len(one)))

    def found(self, words: Sequence[Word]) -> Iterator[Mention]:
        """Every mention of a pattern in these words."""
        stems = tuple(word.stem for word in words)
        for first, stem in enumerate(stems):
            end = first + 1
            part = stems[first:end]
            while part in self.whole or part in self.begins:
                for name in self.whole.get(part, ()):
                    yield Mention(name, words[first].at, words[end - 1].at)
                if part not in self.begins or end == len(stems):
                    break
                end += 1
                part = stems[first:end]
            for one, name in self.gapped.get(stem, ()):
                last = _match(one, stems, first)
                if last is not None:
                    yield Mention(name, words[first].at, words[last].at)


class Concepts:
    """All phrases of the lists.

    Small words are skipped, in the phrase and in the message, unless that would leave a phrase of
    several words with one or none ("kill myself"): such a phrase is compared word for word.
    """

    def __init__(
        self,
        lists: Mapping[str, Sequence[str]],
        spelling: Mapping[str, str],
        small: frozenset[str],
        stemmer: str = "english",
    ) -> None:
        self.names = frozenset(lists)
        self._loose, self._literal = Table(), Table()
        for name, phrases in lists.items():
            for phrase in dict.fromkeys(phrases):
                full = pattern(phrase, spelling, frozenset(), stemmer)
                short = pattern(phrase, spelling, small, stemmer)
                literal = GAP in short[:1] + short[-1:] or not set(short) - DENIAL
                if literal or len(short) < 2 <= len(full):
                    self._literal.add(full, name)
                else:
                    self._loose.add(short, name)

    def mentions(self, every: Sequence[Word], message: Message) -> list[Mention]:
        """Every mention of every concept; `every` word, and `message` without its small words."""
        found = [*self._loose.found(message.words), *self._literal.found(every)]
        return list(dict.fromkeys(found))


def _match(one: Pattern, stems: Sequence[str], at: int) -> int | None:
    """The place of the pattern's last word if it matches from `at` on (first fit)."""
    place, gap = at, False
    for part in one:
        if part == GAP:
            gap = True
            continue
        reach = range(place, min(place + (WIDEST_GAP if gap else 0) + 1, len(stems)))
        hit = next((i for i in reach if stems[i] == part), None)
        if hit is None or not GAP_ENDS.isdisjoint(stems[place:hit]):
            return None
        place, gap = hit + 1, False
    return place - 1


class Places:
    """Where each concept stands, for asking quickly what is near what.

    Of a concept that stands in very many places only the first `MOST` count.
    """

    def __init__(self, mentions: Iterable[Mention]) -> None:
        self._of: dict[str, list[Mention]] = {}
        for mention in sorted(mentions, key=lambda m: m.first):
            there = self._of.setdefault(mention.concept, [])
            if len(there) < MOST:
                there.append(mention)
        self._firsts = {name: [m.first for m in there] for name, there in self._of.items()}

    def of(self, names: Iterable[str]) -> list[Mention]:
        """The mentions of any of these concepts, in order."""
        found = [mention for name in names for mention in self._of.get(name, ())]
        return sorted(found, key=lambda m: m.first)

    def near(
        self, names: Iterable[str], mention: Mention, within: int, overlap: bool = False
    ) -> Mention | None:
        """A mention of one of these at most `within` words away.

        It shares no word with the mention unless `overlap` is allowed.
        """
        for name in names:
            if name not in self._of:
                continue
            there = self._of[name]
            at = bisect_left(self._firsts[name], mention.first)
            for other in there[max(0, at - 2) : at + 3]:
                apart = max(other.first - mention.last, mention.first - other.last)
                if apart <= within and (apart > 0 or overlap):
                    return other
        return None
