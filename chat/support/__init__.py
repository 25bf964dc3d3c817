"""Does a span of a source support a paraphrase? Checks that need no model, in order of gravity."""

from collections.abc import Callable
from functools import lru_cache

from chat.lexicon import lexicon, stems
from chat.support.degrees import quantifier_problem
from chat.support.digits import NUMBERS
from chat.support.figures import number_problem
from chat.support.meaning import Meanings
from chat.support.named import entity_problem, name_problem
from chat.support.numbers import quantities
from chat.support.order import (
    equality_problem,
    exchange_problem,
    order_problem,
    swap_problem,
)
from chat.support.polarity import (
    change_problem,
    direction_problem,
    negation_problem,
    prefix_problem,
)
from chat.support.reading import Reading
from chat.support.units import UNITS
from chat.terms import stem

LEAST = 0.5  # share of a paraphrase's content words that its source must carry
LEAST_NEAR = 0.75  # the same, where words near in meaning count for what they share
LEAST_LISTED = 0.6  # the same there, of the words alone that are listed as alike
FIRM = 2  # words that a figure or a denial counts for, which the source has where others passed it
ENTAILED = 0.5  # probability from an entailment model below which a paraphrase is dropped
READ = 2_000  # texts that are not read again
Entails = Callable[[str, str], float]  # (source, statement) -> probability
# Who says it may be said in other words than the source's own.
SAYING = stems(
    "says said claims claim states reports argues according source article page website "
    "seller site author authors text passage note document writer mentions describes notes "
    "adds explains found finding showed result also however therefore per"
)
COUNTING = frozenset(
    stem(word)
    for word in [
        *NUMBERS,
        *UNITS,
        "twice",
        "half",
        "third",
        "thirds",
        "quarter",
        "double",
        "triple",
    ]
)


def unsupported(
    claim: str,
    source: str,
    around: str = "",
    language: str = "en",
    entails: Entails | None = None,
    meanings: Meanings | None = None,
) -> str | None:
    """Why `source` does not support `claim`, in a few words; None if it does.

    around: the passage and title that the source stands in; names may be taken from there.
    meanings: without them other words for the same thing must stand in the lists.
    """
    said, stands = _read(claim, language, meanings), _read(source, language, meanings)
    problem = (
        number_problem(claim, source)
        or negation_problem(said, stands)
        or direction_problem(said, stands)
        or change_problem(said, stands)
        or prefix_problem(said, stands)
        or quantifier_problem(said, stands, source)
        or entity_problem(said, stands, around)
        or name_problem(claim, f"{source} {around}")
        or swap_problem(said, stands)
        or order_problem(said, stands)
        or equality_problem(claim, source)
        or exchange_problem(claim, source, said.lexicon)
        or word_problem(said, stands, sum(not q.soft for q in quantities(claim)))
    )
    if problem is None and entails is not None and entails(source, claim) < ENTAILED:
        return "the source does not entail it"
    return problem


def coverage(
    claim: str, source: str, language: str = "en", meanings: Meanings | None = None
) -> float:
    """The share of a claim's content words that a source carries, 0 to 1."""
    return _coverage(_read(claim, language, meanings), _read(source, language, meanings))


@lru_cache(READ)
def _read(text: str, language: str, meanings: Meanings | None) -> Reading:
    """A statement is held against many spans, and a span against many statements."""
    return Reading(text, lexicon(language), meanings)


def word_problem(claim: Reading, source: Reading, figures: int) -> str | None:
    """Too little that the source carries: content words, figures and denials."""
    firm = FIRM * (figures + min(len(claim.hard), len(source.hard)))
    if source.meanings is None:
        carried = _coverage(claim, source, firm) >= LEAST
    else:
        carried = _coverage(claim, source, firm) >= LEAST_NEAR
        carried = carried or _coverage(claim, source, firm, listed=True) >= LEAST_LISTED
    return None if carried else "the source does not say this"


def _coverage(claim: Reading, source: Reading, firm: int = 0, *, listed: bool = False) -> float:
    """The share of content words that the source carries, with so many others that it does."""
    wanted = [word for word in dict.fromkeys(claim.content) if word not in SAYING | COUNTING]
    if not wanted:
        return 0.0
    if listed:
        carried = sum(source.lexicon.any_alike(word, source.content) for word in wanted) + 0.0
    else:
        carried = sum(source.carries(claim.forms[word], source.content) for word in wanted)
    return (carried + firm) / (len(wanted) + firm)
