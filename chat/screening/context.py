"""Whether a concept that is mentioned is true of somebody now.

After ConText (Harkema and others 2009): cue phrases open a scope to their right or left that ends
at a border word or at the sentence's end. A mention inside a scope is denied, past, only supposed,
or general talk. The cues stand in `cues.txt`.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal

from chat.screening.concepts import Mention
from chat.screening.words import Message

State = Literal["denied", "past", "supposed", "general"]
Phrase = tuple[str, ...]
LIST_ITEM = 4  # words, the longest item of a list such as "no fever, chills, loss of weight."


class Cues:
    """Phrases of raw words by list name; see `cues.txt` for what each list does."""

    def __init__(self, lists: Mapping[str, Sequence[Phrase]]) -> None:
        self._names: dict[Phrase, list[str]] = {}
        self._lengths: dict[str, set[int]] = {}
        for name, phrases in lists.items():
            for phrase in phrases:
                self._names.setdefault(phrase, []).append(name)
                self._lengths.setdefault(phrase[0], set()).add(len(phrase))

    def here(self, raw: Sequence[str], place: int) -> dict[str, int]:
        """List name -> number of words of its longest phrase that begins here."""
        found: dict[str, int] = {}
        for length in sorted(self._lengths.get(raw[place], ())):
            names = self._names.get(tuple(raw[place : place + length]), ())
            found.update(dict.fromkeys(names, length))
        return found

    def at(self, name: str, raw: Sequence[str], place: int) -> int:
        """The number of words of the longest phrase of the list that begins here, or 0."""
        return self.here(raw, place).get(name, 0)

    def has(self, name: str, raw: Sequence[str]) -> bool:
        """Whether the list has a phrase anywhere in these words."""
        return any(self.at(name, raw, place) for place in range(len(raw)))


@dataclass(frozen=True)
class Scope:
    """Raw words from `start` to before `end` for which a cue holds; the cue itself is outside."""

    state: State
    start: int
    end: int


# list of cues -> what it says, how many words its scope reaches (to the right; to the left if < 0)
REACH: dict[str, tuple[State, int]] = {
    "denied, wide": ("denied", 40),
    "denied": ("denied", 6),
    "denied, close": ("denied", 3),
    "denied, before": ("denied", -5),
    "past": ("past", 6),
    "past, around": ("past", -14),
    "supposed": ("supposed", 12),
    "general": ("general", 5),
    "general, before": ("general", -6),
    "reported": ("general", 30),
}


def scopes(
    message: Message,
    cues: Cues,
    taken: AbstractSet[int] = frozenset(),
    counted: AbstractSet[int] = frozenset(),
) -> list[Scope]:
    """All scopes of the message, sentence by sentence; no cue begins at a `taken` place.

    counted: places of measured numbers; who gives a reading speaks of somebody.
    """
    found = list[Scope]()
    for start, end in message.sentences:
        raw = message.raw[start:end]
        if _answered_no(message, cues, end):
            found.append(Scope("denied", start, end))
            continue
        if asks_in_general(raw, cues) and not counted & set(range(start, end)):
            found.append(Scope("general", start, end))
            continue
        present = _speaks_of_now(raw, cues)
        inside = {place - start for place in range(start, end) if place in taken}
        for scope in _sentence_scopes(raw, cues, inside):
            if not (scope.state == "past" and present):
                found.append(Scope(scope.state, start + scope.start, start + scope.end))
    return found


def _answered_no(message: Message, cues: Cues, end: int) -> bool:
    """Whether the sentence before `end` is a question and nothing but "no" follows it."""
    if not end or message.raw[end - 1] != "?":
        return False
    answer = next((message.raw[a:b] for a, b in message.sentences if a == end), ())
    words = [place for place, word in enumerate(answer) if word[0].isalnum()]
    return bool(words) and all(cues.at("answered no", answer, place) for place in words)


def asks_in_general(raw: Sequence[str], cues: Cues) -> bool:
    """A question that begins in a general way and speaks of nobody."""
    place = 0
    while place < len(raw) and (step := _opening(raw, cues, place)):
        place += step
    if place == len(raw) or cues.at("no question", raw, place):
        return False
    return bool(cues.at("general question", raw, place)) and not cues.has("person", raw)


def _opening(raw: Sequence[str], cues: Cues, place: int) -> int:
    """Words of a greeting here, unless they begin a question: "can you" and "can you overdose"."""
    if raw[place] in ",(":
        return 1
    greeting = cues.at("greeting", raw, place)
    return greeting if greeting >= cues.at("general question", raw, place) else 0


def _speaks_of_now(raw: Sequence[str], cues: Cues) -> bool:
    here = (cues.here(raw, place) for place in range(len(raw)))
    over = any(cues.at("over now", raw, place) for place in range(len(raw)))
    return any("present" in found for found in here) and not over


def _sentence_scopes(raw: Sequence[str], cues: Cues, taken: set[int]) -> list[Scope]:
    found, place = list[Scope](), 0
    while place < len(raw):
        here = cues.here(raw, place) if place not in taken else {}
        opened = [(here[name], name) for name in REACH if name in here]
        length, name = max(opened, default=(0, ""))
        if here.get("no cue", 0) > length:
            length = here["no cue"]
        elif length:
            found.append(_scope(raw, cues, place, length, name))
            if name == "past, around":
                found.append(_right(raw, cues, place + length, "past", -REACH[name][1]))
        place += length or 1
    return found


def _scope(raw: Sequence[str], cues: Cues, place: int, length: int, name: str) -> Scope:
    state, reach = REACH[name]
    if reach > 0:
        return _right(raw, cues, place + length, state, reach)
    start = place
    while start > max(0, place + reach) and not _border(raw, cues, start - 1, state, 0):
        start -= 1
    return Scope(state, start, place)


def _right(raw: Sequence[str], cues: Cues, start: int, state: State, reach: int) -> Scope:
    if start < len(raw) and raw[start] == "," and state == "past":
        start += 1
    end, left = start, reach
    while end < len(raw) and left > 0 and not _border(raw, cues, end, state, reach):
        left = reach if raw[end] in {"or", "nor"} and state == "denied" else left - 1
        end += 1
    return Scope(state, start, end)


def _border(raw: Sequence[str], cues: Cues, place: int, state: State, reach: int) -> bool:
    """A word such as "but" ends a scope; a comma does too, unless it goes on a list of denials."""
    if raw[place] not in ",:()":
        borders = cues.here(raw, place)
        return "border" in borders or (state == "denied" and "border of a denial" in borders)
    if state != "denied" or raw[place] != "," or reach < LIST_ITEM:
        return True
    rest = raw[place + 1 : place + 1 + 3 * LIST_ITEM]
    if not rest or cues.at("new start", rest, 0):
        return True
    comma = rest.index(",") if "," in rest else len(rest)
    return comma > LIST_ITEM and not {"or", "nor"} & set(rest[: 2 * LIST_ITEM])


class Context:
    """The scopes of one message, for asking about mentions."""

    def __init__(
        self, message: Message, cues: Cues, mentions: Sequence[Mention], counted: AbstractSet[int]
    ) -> None:
        taken = {
            place for m in mentions for place in range(m.first, m.last + 1) if m.last > m.first
        }
        self._state: dict[int, State] = {}
        for scope in scopes(message, cues, taken, counted):
            for place in range(scope.start, scope.end):
                self._state.setdefault(place, scope.state)

    def state(self, mention: Mention) -> State | None:
        """What stands against the mention, or None if it holds now."""
        return self._state.get(mention.first)
