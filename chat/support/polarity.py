"""Does a statement turn its source round, by a negation or an opposite?"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from chat.lexicon import Lexicon, stems
from chat.support.reading import FOCUS, PLAIN, Direction, Negation, Reading
from chat.terms import stem

MOSTLY = 0.65  # share of a negation's scope from which a statement speaks of the same thing
REACH = 8  # words between a direction and the figure of the change
ROOT = 5  # letters of a word at least without its prefix
TOLD = 0.34  # share of what only the clause of a denial says from which a statement tells it
NEAR = 0.5  # how far the words that one negation reaches must be said around the other
PREFIXES = ("un", "in", "im", "ir", "non", "dis")
STUDIES = stems(
    "study studies trial trials survey analysis review research pooled result results "
    "randomised randomized meta cohort"
)
GENERIC = stems(
    "help helps effect effects effective work works show shown evidence found find clear "
    "clearly good likely people against significant significantly difference whether"
)


def negation_problem(claim: Reading, source: Reading) -> str | None:
    """A negation that was added or lost; None if there is none."""
    said, free = _unpaired(claim, source)
    standing = list(free)
    for negation in (n for n in said if n.hard):
        match = next((n for n in free if _shares(negation, n, claim, source)), None)
        match = match or next((n for n in free if _near(negation, n, claim, source)), None)
        if match is not None:
            free.remove(match)
        elif not _said_by_opposite(negation, claim, source) and not _prefixed(
            negation, claim, source
        ):
            return f"“{negation.word}” is not in the source"
    if _exchanged(claim, source) or _denied_of_another(claim, source):
        return "what is denied and what is said have changed places"
    for negation in (n for n in standing if n.hard):
        kept = any(
            _shares(negation, n, source, claim) or _near(n, negation, claim, source) for n in said
        )
        if (
            not kept
            and claim.tells(source, negation.place, TOLD)
            and (_speaks_of(claim, negation) or (not said and _told(claim, source, negation)))
        ):
            return f"the source says “{negation.word}”"
    return None


def _prefixed(negation: Negation, claim: Reading, source: Reading) -> bool:
    """As "not opened" where the source says "unopened"."""
    roots = [
        token.removeprefix(prefix)
        for token in source.tokens
        for prefix in PREFIXES
        if token.startswith(prefix)
        and token not in claim.tokens
        and len(token) >= len(prefix) + ROOT
    ]
    return any(claim.carries(root, negation.scope) >= NEAR for root in roots)


def prefix_problem(claim: Reading, source: Reading) -> str | None:
    """As "opened" where the source says "unopened", or the other way round."""
    if claim.hard or source.hard:
        return None  # "not opened"
    for one, other in ((claim, source), (source, claim)):
        for token in one.tokens:
            roots = (token.removeprefix(prefix) for prefix in PREFIXES if token.startswith(prefix))
            known = token in other.tokens
            for root in roots:
                both = root in one.tokens or known
                if root in other.tokens and len(root) >= ROOT and not both:
                    return f"“{token}” stands on one side and “{root}” on the other"
    return None


def _exchanged(claim: Reading, source: Reading) -> bool:
    """As "on the back, never on the stomach" and "on the stomach, never on the back"."""
    denied_here, denied_there = (
        {n.scope[0] for n in reading.hard if len(n.scope) == 1} for reading in (claim, source)
    )
    here, there = set(claim.content) - denied_here, set(source.content) - denied_there
    return bool((denied_here - denied_there) & there) and bool((denied_there - denied_here) & here)


def _denied_of_another(claim: Reading, source: Reading) -> bool:
    """Whether what the source denies of one thing is denied of another that it speaks of, too."""
    for negation in claim.hard:
        own = set(negation.subject) - GENERIC - STUDIES
        rivals = [set(n.subject) - GENERIC for n in source.hard if n.subject]
        if not own or not rivals or len(negation.scope) < 1:
            continue
        spoken_of = any(source.lexicon.any_alike(word, source.content) for word in own)
        if spoken_of and not any(_any_alike(source.lexicon, own, each) for each in rivals):
            said = [set(n.clause) - GENERIC for n in source.hard]
            if not any(_any_alike(source.lexicon, own, each) for each in said):
                return True
    return False


def _any_alike(lexicon: Lexicon, some: set[str], others: set[str]) -> bool:
    return any(lexicon.any_alike(word, list(others)) for word in some)


def _unpaired(claim: Reading, source: Reading) -> tuple[list[Negation], list[Negation]]:
    """The negations of both, less those such as "lack" and "deficiency" that say the same."""
    said, stands = list(claim.negations), list(source.negations)
    for negation in list(said):
        if negation.word in PLAIN:
            continue
        like = (n for n in stands if n.word not in PLAIN and _alike(negation, n, claim))
        if (pair := next(like, None)) is not None:
            said.remove(negation)
            stands.remove(pair)
    content_words = claim.content
    return said, [
        n for n in stands if n.hard or not claim.lexicon.any_alike(stem(n.word), content_words)
    ]


def _alike(a: Negation, b: Negation, where: Reading) -> bool:
    return a.word == b.word or where.lexicon.alike(stem(a.word), stem(b.word))


def _shares(negation: Negation, other: Negation, own: Reading, theirs: Reading) -> bool:
    """Whether two negations are about the same thing. own, theirs: where each of them stands."""
    left = [word for word in negation.scope if word not in GENERIC] or list(negation.scope)
    right = [*other.scope, stem(other.word)]
    if not left:
        return True
    if _turned_passive(negation, other, own.lexicon):
        return True
    if len(other.scope) <= 1:
        left = own.content
    if not [word for word in negation.scope if word not in GENERIC]:
        right = theirs.content
    return any(own.lexicon.any_alike(word, right) for word in left)


def _near(negation: Negation, other: Negation, own: Reading, theirs: Reading) -> bool:
    """Whether both deny the same thing in other words: as "no drop" and "did not reduce"."""
    words = [own.forms[each] for each in dict.fromkeys(negation.scope) if each in own.forms]
    there = [*other.scope, *other.subject, stem(other.word)]
    if own.meanings is None or not words:
        return False
    return sum(theirs.carries(word, there) for word in words) >= NEAR * len(words)


def _turned_passive(negation: Negation, other: Negation, lexicon: Lexicon) -> bool:
    """As "it is not suitable for smokers" and "smokers should not use it"; or an ellipsis."""
    if not negation.reached and negation.subject:  # "while stretching did not"
        return any(lexicon.any_alike(word, other.subject) for word in negation.subject)
    crossed = sum(lexicon.any_alike(word, other.scope) for word in set(negation.subject))
    return crossed >= 2 and any(lexicon.any_alike(w, other.subject) for w in negation.scope)


def _speaks_of(claim: Reading, negation: Negation) -> bool:
    """Whether a claim is about what a source denies: its head, or most of what it reaches."""
    scope = [word for word in negation.scope if word not in GENERIC]
    if not scope:
        return False
    kept = [word for word in scope if claim.lexicon.any_alike(word, claim.content)]
    subject = [word for word in negation.subject if word not in GENERIC]
    of_same = subject and all(claim.lexicon.any_alike(word, claim.content) for word in subject)
    if (of_same and 2 * len(kept) >= len(scope)) or len(kept) == len(scope) == 1:
        return True
    head = negation.scope[0] in claim.content or _form_of(negation.scope[0], claim.content)
    return head or (len(kept) >= 2 and len(kept) >= MOSTLY * len(scope))


def _told(claim: Reading, source: Reading, negation: Negation) -> bool:
    """Whether a claim that denies nothing says in other words what the source denies."""
    if claim.meanings is None or _prefixed(negation, source, claim):
        return False
    scope = dict.fromkeys(word for word in negation.scope if word not in GENERIC)
    words = [source.forms[word] for word in scope if word in source.forms]
    said = sum(claim.carries(word, claim.content) for word in words)
    return bool(words) and said >= NEAR * len(words)


def _form_of(word: str, others: Sequence[str]) -> bool:
    return len(word) > 4 and any(other[:5] == word[:5] for other in others)


def _said_by_opposite(negation: Negation, claim: Reading, source: Reading) -> bool:
    """As "not safe" where the source says "dangerous"; "unclear" where it says "not clear"."""
    denied = [d for d in claim.directions if d.place in sorted(negation.reached)[:FOCUS]]
    sides = {side for direction in denied for side in direction.sides}
    if any(sides & other.sides for other in source.directions):
        return False
    return any(
        not other.negated
        and any((pair, 1 - side) in other.sides for pair, side in said.sides)
        and any(claim.lexicon.any_alike(word, other.about) for word in said.about)
        for said in denied
        for other in source.directions
    )


def direction_problem(claim: Reading, source: Reading) -> str | None:
    """A word whose opposite stands in the source, about the same thing."""
    for direction in claim.directions:
        agreeing = _matching(direction, source, turned=False)
        if agreeing:
            continue
        against = _matching(direction, source, turned=True)
        if against:
            return f"“{direction.word}” where the source says “{against[0].word}”"
    return None


def change_problem(claim: Reading, source: Reading) -> str | None:
    """A change by the source's figure, in the other direction: "fell by 5" against "rose by 5"."""
    changes = list(_changes(source))
    for figure, direction in _changes(claim):
        for other, there in changes:
            turned = {(pair, 1 - side) for pair, side in direction.sides}
            if figure == other and turned & there.sides:
                return f"“{direction.word}” where the source says “{there.word}”"
    return None


def _changes(reading: Reading) -> Iterator[tuple[str, Direction]]:
    """Each figure after "by", with the last word before it that gives a direction."""
    for place, (before, figure) in enumerate(pairwise(reading.tokens), start=1):
        if before == "by" and figure[0].isdigit():
            earlier = [each for each in reading.directions if each.place < place]
            if earlier and place - earlier[-1].place <= REACH:
                yield figure, earlier[-1]


def _matching(direction: Direction, source: Reading, *, turned: bool) -> list[Direction]:
    """The source's words about the same thing that agree, or with `turned` that disagree."""
    found = []
    for other in source.directions:
        about = any(source.lexicon.any_alike(word, other.about) for word in direction.about)
        if not about and direction.about and other.about:
            continue
        for pair, side in direction.sides:
            same = (pair, side) in other.sides
            opposite = (pair, 1 - side) in other.sides
            flipped = direction.negated != other.negated
            agrees = same or (opposite and flipped)
            disagrees = opposite and not flipped
            if (disagrees and not agrees) if turned else agrees:
                found.append(other)
    return found
