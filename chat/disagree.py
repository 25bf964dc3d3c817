"""Do two sentences disagree?

They do when they speak of the same thing and give different figures, opposite directions, one says
what the other denies, or one says "only" what the other does not. What is only compared, doubted,
lacking or so under a condition is denied by nobody.
"""

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from chat.lexicon import content, stems
from chat.support import COUNTING, SAYING
from chat.support.numbers import Quantity, same
from chat.support.reading import (
    COMPARING,
    FOCUS,
    PLAIN,
    RELATIVE,
    VERBS,
    Direction,
    Negation,
    Reading,
)
from chat.terms import stem

APART = ("minerals and vitamins", "medicines", "people", "illnesses", "ways in")
# What stands between a negation and what it denies: "no good evidence that", "no effect on".
PROVING = frozenset(
    {"trial", "shown", "proven", "evid", "proof", "good", "known", "studi", "show", "effect"}
    | {"benefit", "favour"}
)
FIGURED, CAUSE = "figures", "whether there are other causes"
SO = "whether it is so"
MOSTLY = 0.6  # share of what is doubted that a claim must carry
HEADS = 2  # words after a negation of which one must be spoken of
SHOWING = stems(
    "study studies trial trials survey analysis review research result finding findings article "
    "post story page evidence author"
)
DENIED = 0.33  # share of the question's terms in what is denied
ONE_OF_MANY = re.compile(r"\b(?:only|just) one of\b|\bone of (?:several|many)\b")
PUT_DOWN = re.compile(
    r"\bputs?\b.*\bdown to\b|\b(?:caused by|due to|because of|the (?:root )?cause)\b"
    r"|\b(?:comes?|stems?|results?|arises?) from\b"
)
MAYBE = frozenset("may might can could sometimes often some partly possibly perhaps one".split())
# What is said to be so without exception, and what only at times.
ALWAYS = frozenset(
    "always inevitable inevitably unavoidable unavoidably invariably certainly definitely "
    "guaranteed guarantees".split()
)
SOMETIMES = frozenset("may might sometimes occasionally possibly perhaps rarely seldom".split())
LACKING = frozenset(
    (
        "low lack lacks lacking without deficiency deficiencies deficient deficit deficits "
        "insufficient inadequate little less shortage depleted depletion"
    ).split()
)
ENOUGH = frozenset({"enough", "sufficient", "sufficiently"})
# They hold in themselves what they deny, or only doubt: "harmless and rich in iron" denies no iron.
DENYING_THEMSELVES = frozenset(
    (
        "harmless painless unsafe unclear unknown uncertain unnecessary inadequate insufficient "
        "incorrect unsupported unproven doubtful non"
    ).split()
)
AFTER, NEXT = 5, 3  # words after a negation that may say what it compares, and what is not enough
COMPARED = frozenset(
    "than better best more most preferred superior faster stronger as equal equals same".split()
)
KNOWN = frozenset({"known", "understood", "clear", "certain", "sure"})  # "not known" only doubts
HELPERS = frozenset(
    "is are was were has have had do does did can could may might must will would should".split()
)
NOT_ALONE = frozenset({"only", "just", "merely", "simply"})  # "not only" denies nothing
CONDITIONS = frozenset({"when", "if", "whenever", "unless", "once", "until"})
TOGETHER = 0.5  # share of the shorter sentence's content words that the other carries
FIGURES = 0.6  # the same, where only the figures differ


def disagree(
    one: Reading,
    other: Reading,
    figures: Sequence[Quantity] = (),
    others: Sequence[Quantity] = (),
    asked: Sequence[str] = (),
) -> str | None:
    """What two sentences disagree on, in a few words; None if they do not.

    asked: the terms of a question; what is denied must have some of them.
    """
    carried = shared(one, other)
    if carried < TOGETHER:
        return None
    both = ((one, other), (other, one))
    if any(_only(a, b) for a, b in both):
        return "whether it is the only one"
    many = any(_one_of_many(a, b) for a, b in both)
    if many or of_others(one, other):
        return CAUSE if many else None
    if carried >= FIGURES and figures_differ(figures, others):
        return FIGURED
    if any(_denied(a, b, asked) or _surer(a, b) for a, b in both):
        return SO
    return "the direction" if _opposite(one, other) else None


def negated(reading: Reading, direction: Direction) -> bool:
    """Whether a denial reaches a direction word."""
    denials = [each for each in reading.hard if denies(each, reading)]
    return any(direction.place in sorted(each.reached)[:FOCUS] for each in denials)


def has_object(reading: Reading, direction: Direction) -> bool:
    """Whether something follows: "pain that does not ease" says nothing of what helps."""
    _, end = reading.clause(direction.place)
    return bool(content(reading.tokens[direction.place + 1 : end]))


def of_others(one: Reading, other: Reading) -> bool:
    """Whether they speak of different things of one kind: of calcium and of magnesium."""
    for kind in APART:
        mine, theirs = _things(one, kind), _things(other, kind)
        if mine and theirs and not mine & theirs:
            return True
    return False


def of_another(one: Reading, other: Reading, places: Collection[int] = ()) -> bool:
    """Whether they say the same of different things: "causes pain", "avoids what causes stress".

    places: of the words of the first that count; all of them if there are none.
    """
    said = [
        (a, b)
        for a in one.directions
        for b in other.directions
        if stem(a.word) == stem(b.word) and (not places or a.place in places)
    ]
    objects = all(has_object(one, a) and has_object(other, b) for a, b in said)
    return bool(said) and objects and not any(_about_same(a, b, one) for a, b in said)


def _things(reading: Reading, kind: str) -> set[str]:
    known = reading.lexicon.entities
    things = {known[t][1] for t in reading.tokens if t in known and known[t][0] == kind}
    adults = {"adults"} & set(reading.tokens) if kind == "people" else set()
    return things | adults


def _content(reading: Reading) -> list[str]:
    """What a sentence is about: its content words without who says it, numbers and negations."""
    turning = {stem(negation.word) for negation in reading.hard}
    return [
        word
        for word in dict.fromkeys(reading.content)
        if word not in SAYING and word not in COUNTING and word not in turning
    ]


def said_in(words: Sequence[str], asked: Sequence[str], where: Reading, least: float) -> bool:
    """Whether words, or others alike, say at least that share of the terms of a question."""
    return share_said(words, asked, where) >= least


def share_said(words: Sequence[str], asked: Sequence[str], where: Reading) -> float:
    """The share of the terms of a question that words, or others alike, say; 1 of none."""
    said = sum(where.lexicon.any_alike(term, words) for term in asked)
    return said / len(asked) if asked else 1.0


def shared(one: Reading, other: Reading) -> float:
    a, b = _content(one), _content(other)
    shorter, longer = (a, b) if len(a) <= len(b) else (b, a)
    if len(shorter) < 2:
        return 0.0
    return sum(one.lexicon.any_alike(word, longer) for word in shorter) / len(shorter)


def figures_differ(figures: Sequence[Quantity], others: Sequence[Quantity]) -> bool:
    """Both give one figure of the same unit, for the same thing, and no figure in common."""
    for unit in {quantity.unit for quantity in figures}:
        mine = [q for q in figures if q.unit == unit and not q.soft]
        theirs = [q for q in others if q.unit == unit and not q.soft]
        if not mine or not theirs or any(_equal(a, b) for a in mine for b in theirs):
            continue
        if unit or any(_count_same(a, b) for a in mine for b in theirs):
            return True
    return False


def _count_same(a: Quantity, b: Quantity) -> bool:
    """Whether two bare numbers count the same, by the word after them or else before them."""
    if a.context or b.context:
        return bool(set(a.context[:1]) & set(b.context[:1]))
    return bool(set(a.before[:2]) & set(b.before[:2]))


def _equal(a: Quantity, b: Quantity) -> bool:
    if a.unit == "often":
        return same(a.often, b.often)
    ends = (b.value, b.other)
    inside = b.other is not None and b.value <= a.value <= b.other
    within = a.other is not None and a.value <= b.value <= a.other
    return inside or within or (same(a.value, ends[0]) and same(a.other, ends[1]))


def _denied(one: Reading, other: Reading, asked: Sequence[str]) -> bool:
    """One denies what the other says."""
    denials = [each for each in one.hard if denies(each, one) and not _under_condition(each, one)]
    if len(one.hard) > 1 or _one_lacks(one, other):
        return False  # "without it muscles cannot relax" denies nothing
    return any(
        _covers(negation, other)
        and not of_another(one, other, negation.reached)
        and _is_asked(negation, one, asked)
        and not _forbids_more(negation, one, other)
        and not any(_answers(negation, n, one) for n in other.negations)
        and not (_by_than(one, negation.place) and not COMPARED & set(other.tokens))
        and not (negation.word in LACKING and _lacks(other))  # both speak of a lack
        for negation in denials
        if negation.word not in ("nothing", "without")
    )


def _forbids_more(negation: Negation, one: Reading, other: Reading) -> bool:
    """Whether it forbids what the other does not speak of: "never eat them: they are poisonous"."""
    orders = set(one.tokens[: negation.place]) <= {"do"}
    verb = content(_after(negation, one)[:1])
    return orders and bool(verb) and not other.lexicon.any_alike(verb[0], other.content)


def _is_asked(negation: Negation, where: Reading, asked: Sequence[str]) -> bool:
    """Whether what is denied is asked about, and not only the study that does not show it."""
    studies = negation.subject if SHOWING & set(negation.subject) else ()
    denied = [word for word in negation.clause if word not in studies or word in negation.scope]
    return said_in(denied, asked, where, DENIED)


def denies(negation: Negation, where: Reading) -> bool:
    """Whether it denies what follows; "not only", "not enough" and "not as good as" do not."""
    after = _after(negation, where)
    compares = after[:1] == ["as"] or (after[:1] == ["so"] and "as" in after)
    return (
        negation.word not in DENYING_THEMSELVES | VERBS
        and not _restricts(negation, where)
        and not NOT_ALONE & set(after[:1])
        and not ENOUGH & set(after[:NEXT])
        and not KNOWN & set(after[:1])
        and not compares
    )


def _restricts(negation: Negation, where: Reading) -> bool:
    """Whether it only says which one is meant, as in "who is not a member" and "that do not"."""
    before = where.tokens[max(0, negation.place - NEXT) : negation.place]
    return any(a in RELATIVE and b in HELPERS for a, b in pairwise(before))


def _under_condition(negation: Negation, where: Reading) -> bool:
    """Whether an "if" or "when" stands before it in its sentence."""
    before = where.tokens[: negation.place]
    start = len(before) - before[::-1].index(".") if "." in before else 0
    return bool(CONDITIONS & set(before[start:]))


def _after(negation: Negation, where: Reading) -> list[str]:
    return where.tokens[negation.place + 1 : negation.place + 1 + AFTER]


def _lacks(reading: Reading) -> bool:
    """Whether it speaks of what is so where something lacks."""
    enough = any(
        ENOUGH & set(_after(each, reading)[:NEXT]) or _under_condition(each, reading)
        for each in reading.hard
    )
    lacking = [place for place, token in enumerate(reading.tokens) if token in LACKING]
    return enough or any(not _by_than(reading, place) for place in lacking)


def _one_lacks(one: Reading, other: Reading) -> bool:
    return _lacks(one) != _lacks(other)


def _covers(negation: Negation, other: Reading) -> bool:
    """Whether the other speaks of what is denied: its head, and half of what it reaches."""
    scope = [word for word in dict.fromkeys(negation.scope) if word not in SAYING | PROVING]
    kept = [word for word in scope if other.lexicon.any_alike(word, other.content)]
    return bool(kept) and kept[0] in scope[:HEADS] and len(kept) > TOGETHER * len(scope)


def _answers(negation: Negation, other: Negation, where: Reading) -> bool:
    if not other.hard and other.word not in PLAIN:
        return False
    return any(where.lexicon.any_alike(word, other.scope) for word in negation.scope)


def _opposite(one: Reading, other: Reading) -> bool:
    """A direction word against its opposite, about the same thing."""
    if _one_lacks(one, other):
        return False
    mine, theirs = (
        [d for d in side.directions if not _is_condition(side, d) and not _by_than(side, d.place)]
        for side in (one, other)
    )
    return any(
        # "calcium contracts muscles, magnesium relaxes them" agrees with "magnesium relaxes them"
        not any((pair, side) in d.sides for d in theirs)
        and not any((pair, 1 - side) in d.sides for d in mine)
        for a in mine
        for b in theirs
        if negated(one, a) == negated(other, b) and _about_same(a, b, one)
        for pair, side in a.sides
        if (pair, 1 - side) in b.sides
    )


def _by_than(reading: Reading, place: int) -> bool:
    """Whether something is only compared, as in "more discomfort than other pain"."""
    _, end = reading.clause(place)
    than = "than" in reading.tokens[place:end]
    return than and bool(COMPARING & set(reading.tokens[place:end]))


def _is_condition(reading: Reading, direction: Direction) -> bool:
    """Whether a direction word stands in a clause such as "when a nerve cell is excited"."""
    start, _ = reading.clause(direction.place)
    return bool(CONDITIONS & set(reading.tokens[start : start + 2]))


def _about_same(a: Direction, b: Direction, where: Reading) -> bool:
    return bool(a.about and b.about) and any(
        where.lexicon.any_alike(word, b.about) for word in a.about
    )


def _only(one: Reading, other: Reading) -> bool:
    """One says "only" of a thing, the other says the same of another thing of its kind."""
    sole = "only" in one.tokens and not ONE_OF_MANY.search(" ".join(one.tokens))
    if not sole or "only" in other.tokens or other.hard:
        return False
    known = one.lexicon.entities
    place = one.tokens.index("only")
    _, end = one.clause(place)
    named = [known[token] for token in one.tokens[place:end] if token in known]
    others = {known[token] for token in other.tokens if token in known}
    return any(kind == named[0][0] and (kind, t) not in named for kind, t in others if named)


def _surer(one: Reading, other: Reading) -> bool:
    """One says that something is always so, the other that it is at times or perhaps."""
    certain = bool(ALWAYS & set(one.tokens)) and not one.hard
    unsure = bool(SOMETIMES & set(other.tokens)) and not ALWAYS & set(other.tokens)
    return certain and unsure and not _one_lacks(one, other)


def _one_of_many(one: Reading, other: Reading) -> bool:
    """One says that a thing is one cause of several, the other puts all down to a single one."""
    texts = [" ".join(reading.tokens) for reading in (one, other)]
    unsure = bool(MAYBE & set(other.tokens))
    return bool(ONE_OF_MANY.search(texts[0]) and PUT_DOWN.search(texts[1])) and not unsure
