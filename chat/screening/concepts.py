"""Find concepts in a message: lists of phrases from `concepts*.txt`, matched on stems.

A phrase matches word by word; `...` in it leaves room for up to three other words. A concept that
is found is a Mention: which concept, and from which word to which.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from chat.screening.words import Message, Word, meaning, raw_words

GAP = "..."
WIDEST_GAP = 3
GAP_ENDS = frozenset({"no", "not", "without", "but"})
DENIAL = frozenset({"can", "not", "no"})  # these alone say too little
Pattern = tuple[str, ...]
Table = dict[str, list[tuple[Pattern, str]]]  # by first stem: patterns and their concepts


@dataclass(frozen=True)
class Mention:
    """A concept found. first and last: the places of its first and last word in `Message.raw`."""

    concept: str
    first: int
    last: int


def pattern(phrase: str, spelling: Mapping[str, str], small: frozenset[str]) -> Pattern:
    """The phrase as stems without small words; `...` stays as the gap."""
    parts = [part.split() for part in phrase.split(GAP)]
    stems = [[w.stem for w in meaning(raw_words(" ".join(p), spelling), small)] for p in parts]
    joined: list[str] = stems[0]
    for part in stems[1:]:
        joined = [*joined, GAP, *part]
    return tuple(joined)


class Concepts:
    """All phrases by their first stem.

    Small words are skipped, in the phrase and in the message, unless that would leave a phrase of
    several words with one or none ("kill myself"): such a phrase is compared word for word.
    """

    def __init__(
        self, lists: Mapping[str, Sequence[str]], spelling: Mapping[str, str], small: frozenset[str]
    ) -> None:
        self.names = frozenset(lists)
        self._loose: Table = {}
        self._literal: Table = {}
        for name, phrases in lists.items():
            for phrase in dict.fromkeys(phrases):
                full = pattern(phrase, spelling, frozenset())
                short = pattern(phrase, spelling, small)
                literal = GAP in short[:1] or not set(short) - DENIAL or len(short) < 2 <= len(full)
                table, one = (self._literal, full) if literal else (self._loose, short)
                table.setdefault(one[0], []).append((one, name))

    def mentions(self, raw: Sequence[str], message: Message) -> list[Mention]:
        """Every mention of every concept; `message` is `raw` without its small words."""
        every = meaning(raw, frozenset())
        found = [*_found(self._loose, message.words), *_found(self._literal, every)]
        return list(dict.fromkeys(found))


def _found(table: Table, words: Sequence[Word]) -> Iterator[Mention]:
    for first, word in enumerate(words):
        for one, name in table.get(word.stem, ()):
            last = _match(one, words, first)
            if last is not None:
                yield Mention(name, word.at, words[last].at)


def _match(one: Pattern, words: Sequence[Word], at: int) -> int | None:
    """The place of the pattern's last word if it matches from `at` on (first fit)."""
    place, gap = at, False
    for part in one:
        if part == GAP:
            gap = True
            continue
        reach = range(place, min(place + (WIDEST_GAP if gap else 0) + 1, len(words)))
        hit = next((i for i in reach if words[i].stem == part), None)
        if hit is None or any(words[i].stem in GAP_ENDS for i in range(place, hit)):
            return None
        place, gap = hit + 1, False
    return place - 1


class Places:
    """Where each concept stands, for asking quickly what is near what."""

    def __init__(self, mentions: Iterable[Mention]) -> None:
        self._of: dict[str, list[Mention]] = {}
        for mention in sorted(mentions, key=lambda m: m.first):
            self._of.setdefault(mention.concept, []).append(mention)

    @property
    def names(self) -> frozenset[str]:
        """The concepts that stand somewhere."""
        return frozenset(self._of)

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
            there = self._of.get(name, [])
            at = bisect_left(there, mention.first, key=lambda m: m.first)
            for other in there[max(0, at - 2) : at + 3]:
                apart = max(other.first - mention.last, mention.first - other.last)
                if apart <= within and (apart > 0 or overlap):
                    return other
        return None
