"""Who does what, and what is more than what: nothing may change places with anything else."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import combinations, groupby

from chat.lexicon import PREFIX, PUNCTUATION, Lexicon, is_content
from chat.support.digits import in_digits
from chat.support.reading import NUMBER, Reading
from chat.terms import stem

SWAPPED = {"minerals and vitamins", "medicines", "ways in"}
ORDER = {"before", "after", "later", "earlier", "following"}
JOINING = frozenset({"and", "versus", "vs", "against"})
TELLING = frozenset({"not", "no", "before", "after", "more", "less", "never", "without", "only"})
EQUAL = re.compile(
    r"\b(?:as (?:much|many|good|well|effective|often|safe|likely|high|long)\b[^.,;]{0,40}\bas\b"
    r"|the same (?:amount|number|effect)|equally|no difference between)",
    re.IGNORECASE,
)
UNEQUAL = re.compile(
    r"\b(?:more|less|fewer|better|worse|higher|lower|safer|longer|shorter)\b[^.,;]{0,40}"
    r"\bthan\b(?! \d)",
    re.IGNORECASE,
)
LESS = {"less", "fewer", "lower", "worse", "not", "smaller", "weaker", "rarer", "shorter",
        "slower", "milder", "cheaper"}  # fmt: skip
WINDOW = 14  # tokens on either side of a pivot that may say what is compared
LESSENED = 7  # tokens before "than" in which "less" turns a comparison round
ENDS = frozenset(".;:()!?")
TURNED = "it turns round what the source compares or says causes what"
Halves = tuple[list[str], list[str]]
THAN = ("than",)
CAUSING = ("cause", "causes", "caused", "leads", "lead", "led", "results", "triggers", "because",
           "due")  # fmt: skip
TIMES = ("before", "after", "followed")
PIVOTS = (THAN, CAUSING, TIMES, ("compared",))


def order_problem(claim: Reading, source: Reading) -> str | None:
    """As "A is better than B" may not become "B is better than A", nor effect cause."""
    for pivots in PIVOTS:
        stands = list(_halves(source, pivots))
        for said in _halves(claim, pivots):
            straight = [_in_order(claim.lexicon, said, each, pivots) for each in stands]
            if False in straight and True not in straight:
                return TURNED
    return None


def _in_order(words: Lexicon, said: Halves, stands: Halves, pivots: Sequence[str]) -> bool | None:
    """Whether a statement's halves are the source's, False where they are exchanged, else None."""
    if pivots == THAN and _denied_on(*said) * _denied_on(*stands) < 0:
        return False
    straight, crossed = _shared(words, said, stands), _shared(words, said, stands[::-1])
    exchanged = pivots != CAUSING  # then both halves must have changed places
    if exchanged and all(crossed) and not all(straight):
        return False  # "dogs" and "cats", whatever both are said to do
    if sum(straight) == sum(crossed):
        return None
    if sum(straight) > sum(crossed):
        return True
    return None if exchanged else False


def _denied_on(before: Sequence[str], after: Sequence[str]) -> int:
    """1 where only what comes first is denied, -1 where only what comes last is, else 0."""
    return ("not" in before) - ("not" in after)


def _halves(reading: Reading, pivots: Sequence[str]) -> Iterator[Halves]:
    """What stands before and after a pivot in its sentence, the cause, the more, the earlier first.

    Words on both sides tell nothing about the order and are left out.
    """
    for place, token in enumerate(reading.tokens):
        if token not in pivots or _counts(reading.tokens, place):
            continue
        first, last = _sides(reading.tokens, place)
        before, after = _words(reading, first), _words(reading, last)
        kept = [_apart(before, after, reading.lexicon), _apart(after, before, reading.lexicon)]
        by = pivots == CAUSING and last[:1] in (["by"], ["from"])
        turned = token in {"because", "due", "after"} or by
        less = pivots == THAN and LESS & set(first[-LESSENED:])
        if turned != bool(less):
            kept.reverse()
        yield kept[0], kept[1]


def _counts(tokens: Sequence[str], place: int) -> bool:
    """Whether "than" stands before a number, or "followed" is no word for an order."""
    after = tokens[place + 1] if place + 1 < len(tokens) else ""
    counted = NUMBER.match(after) or after in {"twice", "once", "half"}
    return bool(tokens[place] == "than" and counted) or (
        tokens[place] == "followed" and after != "by"
    )


def _apart(own: Sequence[str], others: Sequence[str], words: Lexicon) -> list[str]:
    return [word for word in own if word == "not" or not words.any_alike(word, others)]


def _sides(tokens: Sequence[str], place: int) -> Halves:
    """The words before and after a pivot in its sentence; "after X, Y" has both after it."""
    start, end = place, place + 1
    while start > 0 and tokens[start - 1] not in ENDS:
        start -= 1
    while end < len(tokens) and tokens[end] not in ENDS:
        end += 1
    before, after = list(tokens[start:place]), list(tokens[place + 1 : end])
    if not any(is_content(token) for token in before) and "," in after:
        comma = after.index(",")
        return after[comma + 1 :], after[:comma]
    clause = before[max((n + 1 for n, t in enumerate(before) if t == ","), default=0) :]
    before = clause if sum(map(is_content, clause)) > 1 else before
    stop = next((n for n, token in enumerate(after) if token in {",", "but"}), len(after))
    return before[-WINDOW:], after[:stop][:WINDOW]


def _words(reading: Reading, tokens: Sequence[str]) -> list[str]:
    denying = reading.lexicon.negation["negators"]
    return ["not" if t in denying else stem(t) for t in tokens if is_content(t) or t in denying]


def _shared(words: Lexicon, some: Halves, others: Halves) -> tuple[int, ...]:
    """How many words of the first half stand in the other first half; the same of the second."""
    return tuple(
        sum(one in b or words.any_alike(one, b) for one in set(a))
        for a, b in zip(some, others, strict=True)
    )


def equality_problem(claim: str, source: str) -> str | None:
    """As "as much as" may not become "less than", nor the other way round."""
    for one, other in ((EQUAL, UNEQUAL), (UNEQUAL, EQUAL)):
        said, stands = one.search(claim), other.search(source)
        if said and stands and not other.search(claim) and not one.search(source):
            return f"“{said[0]}” where the source says “{stands[0]}”"
    return None


def swap_problem(claim: Reading, source: Reading) -> str | None:
    """What the source says of one thing is said of another of its kind."""
    for kind in SWAPPED & {kind for kind, _ in _entities(claim)}:
        own, theirs = _said_of(claim, kind), _said_of(source, kind)
        if len(theirs) < 2:
            continue
        same = swapped = 0
        for thing, words in own.items():
            for word, weight in words.items():
                of = {other for other, said in theirs.items() if word in said}
                if len(of) == 1:
                    same += weight * (thing in of)
                    swapped += weight * (thing not in of)
        if swapped > same:
            return "it says of one thing what the source says of another"
    return None


def _entities(reading: Reading) -> list[tuple[str, str]]:
    known = reading.lexicon.entities
    return [known[token] for token in reading.tokens if token in known]


def _said_of(reading: Reading, kind: str) -> dict[str, dict[str, int]]:
    """Thing -> stem -> weight: the words of a clause belong to the thing named before them."""
    said: dict[str, dict[str, int]] = {}
    known, borders = (
        reading.lexicon.entities,
        (reading.lexicon.negation["borders"] - {"because"}) | PUNCTUATION,
    )
    for border, group in groupby(reading.tokens, lambda token: token in borders):
        tokens = list(group)
        things = [known[t][1] for t in tokens if t in known and known[t][0] == kind]
        if border or not things:
            continue
        thing = things[0]
        for token in tokens:
            if token in known and known[token][0] == kind:
                thing = known[token][1]
                said.setdefault(thing, {})
            elif token in reading.lexicon.negation["negators"]:
                said.setdefault(thing, {})["not"] = 1
            elif token in reading.lexicon.opposites and token not in ORDER:
                said.setdefault(thing, {})[stem(token)] = 1
    return said


def exchange_problem(claim: str, source: str, words: Lexicon) -> str | None:
    """As "A takes days, B takes months" may not become "B takes days, A takes months".

    Two clauses of a statement that each take a part of the same two clauses of the source.
    """
    borders = words.negation["borders"] | PUNCTUATION
    for apart in (borders, borders | JOINING):
        said, stands = (_clauses(words.tokens(in_digits(text)), apart) for text in (claim, source))
        homes = [_homes(clause, stands) for clause in said]
        for one, other in combinations(homes, 2):
            shared = set(one.values()) & set(other.values())
            both = [
                home for home in shared if _only_in(home, one, other) and _only_in(home, other, one)
            ]
            if len(both) > 1:
                return "what it says of two things has changed places"
    return None


def _clauses(tokens: Sequence[str], borders: AbstractSet[str]) -> list[list[str]]:
    """The content words, figures and words of degree of each clause."""
    found = []
    for border, group in groupby(tokens, lambda token: token in borders):
        clause = [stem(t) for t in group if is_content(t) or t[0].isdigit() or t in TELLING]
        found += [clause] if clause and not border else []
    return found


def _homes(clause: Sequence[str], clauses: Sequence[Sequence[str]]) -> dict[str, int]:
    """Word -> the only clause of the source that has it."""
    found = {}
    for word in clause:
        places = [n for n, other in enumerate(clauses) if _stands_in(word, other)]
        if len(places) == 1:
            found[word] = places[0]
    return found


def _only_in(home: int, own: Mapping[str, int], other: Mapping[str, int]) -> bool:
    return any(place == home and not _stands_in(word, other) for word, place in own.items())


def _stands_in(word: str, clause: Iterable[str]) -> bool:
    """Synonyms do not count here: what is told apart is often near in meaning."""
    root = word[:PREFIX]
    formed = len(root) == PREFIX and not word[0].isdigit()
    return any(word == other or (formed and other.startswith(root)) for other in clause)
