"""Put misspelled words right where the word meant is one of ours.

A word is changed only if no list knows it and one of our longer words is close: one slip for
five to seven letters, two from eight on (optimal string alignment; candidates by deletes, as in
Garbe's SymSpell). `known` are real words that merely look like ours.
"""

from collections.abc import Iterable, Iterator

SHORTEST, LONG = 5, 8


def _deletes(word: str, slips: int) -> Iterator[str]:
    yield word
    if slips:
        for i in range(len(word)):
            yield from _deletes(word[:i] + word[i + 1 :], slips - 1)


def _slips(word: str) -> int:
    return 0 if len(word) < SHORTEST else 1 if len(word) < LONG else 2


def distance(a: str, b: str) -> int:
    """Optimal string alignment: insert, delete, replace, or swap two neighbours."""
    before, row = list[int](), list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]


class Speller:
    """Our words by their deletes, and what was already looked up."""

    def __init__(self, ours: Iterable[str], known: Iterable[str]) -> None:
        self.ours = frozenset(ours)
        self.known = frozenset(known) | self.ours
        self._by_delete: dict[str, list[str]] = {}
        for word in sorted(self.ours):
            for form in set(_deletes(word, _slips(word))) if _slips(word) else ():
                self._by_delete.setdefault(form, []).append(word)
        self._seen: dict[str, str] = {}

    def right(self, word: str) -> str:
        """The word, or the one of ours it is a slip of."""
        if len(word) < SHORTEST or len(word) > 20 or word in self.known or not word.isalpha():
            return word
        if word not in self._seen:
            if len(self._seen) > 20_000:
                self._seen.clear()
            self._seen[word] = self._nearest(word)
        return self._seen[word]

    def _nearest(self, word: str) -> str:
        near = {
            ours
            for form in set(_deletes(word, _slips(word)))
            for ours in self._by_delete.get(form, ())
            if ours[0] == word[0]
        }
        ranked = sorted((distance(word, ours), ours) for ours in near)
        if ranked and ranked[0][0] <= min(_slips(word), _slips(ranked[0][1])):
            return ranked[0][1]
        return word
