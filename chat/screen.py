"""Is this an emergency, a crisis, or a decision about somebody's own treatment?

Asked of the user's words before anything is searched. The rules stand in
`prompts/LANGUAGE/screen/`, to be read, changed and signed by a clinician; where a sentence
encoder is given, small stored models may add what no rule foresaw.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from chat.answer import Turn
from chat.screening.encoder import Encoder
from chat.screening.rulebook import Finding, Rulebook, rulebook
from chat.screening.rules import IF_DOUBTED, LEVELS, Level
from chat.screening.second_opinion import RULE, Opinion, second_opinion
from chat.settings import Settings

EVERYWHERE = "en"  # people write English to a page in any language
TURNS_BEFORE = 3  # of the user's, read together with the question


@dataclass(frozen=True)
class Screening:
    """What the screen found. level: the gravest, None if nothing. rules: names of those that fired.

    levels: all levels found, gravest first.
    """

    level: Level | None = None
    rules: tuple[str, ...] = ()
    levels: tuple[Level, ...] = field(default=())


def screen(
    question: str, history: Sequence[Turn], settings: Settings, encoder: Encoder | None = None
) -> Screening:
    """What stands in the question, alone and together with what the user wrote before.

    With an encoder the second opinion is asked, too.
    """
    before = [turn.content for turn in history if turn.role == "user"][-TURNS_BEFORE:]
    written = written_in(settings.language, " ".join([*before, question]))
    found = [one for language in written for one in _findings(rulebook(language), before, question)]
    screening = _screening(found)
    if encoder is None:
        return screening
    text, added = "\n".join([*before, question]), set[Level]()
    for name in written:
        book, told = rulebook(name), second_opinion(name)
        if told and (found or book.speaks_of_somebody(text)):
            opinion = told.of(before, question, book, encoder)
            found = lowered(found, opinion)
            added |= opinion.found
    return _with_added(_screening(found), added)


def written_in(language: str, text: str) -> tuple[str, ...]:
    """The languages whose rules are asked: the page's own and English, whichever the text may be.

    A language is left out where another one's small words are more than twice as many.
    """
    able = tuple(dict.fromkeys([language, EVERYWHERE]))
    small = {name: rulebook(name).small_words(text) for name in able}
    return tuple(name for name in able if 2 * small[name] >= max(small.values()))


def _findings(book: Rulebook, before: Sequence[str], question: str) -> list[Finding]:
    found = book.findings(question)
    return [*found, *_spread(book, before, question)] if before else found


def lowered(found: Sequence[Finding], opinion: Opinion) -> list[Finding]:
    """The findings; emergencies and crises that are doubted become what their rules say.

    Decisions that are doubted are none: "how do I use oil on dry skin?" asks for no decision.
    """
    none_asked = "personal_advice" in opinion.doubted
    kept = [one for one in found if not (none_asked and one.rule.level == "personal_advice")]
    return [
        replace(one, rule=replace(one.rule, level=one.rule.if_doubted))
        if one.rule.level in opinion.doubted & IF_DOUBTED.keys()
        else one
        for one in kept
    ]


def _with_added(screening: Screening, added: AbstractSet[Level]) -> Screening:
    """The screening with what only the second opinion found; beside an emergency no lesser."""
    levels = tuple(level for level in LEVELS if level in {*screening.levels, *added})
    if levels == screening.levels or (screening.level == "emergency" and "crisis" not in added):
        return screening
    return Screening(levels[0], (RULE, *screening.rules), levels)


def _spread(book: Rulebook, before: Sequence[str], question: str) -> list[Finding]:
    """What fires only when the earlier messages are read along, or still holds from them."""
    crisis = [f for text in before for f in book.findings(text) if f.rule.level == "crisis"]
    together = book.findings("\n".join([*before, question]))
    earlier = {f.rule.name for f in book.findings("\n".join(before))}
    new = [f for f in together if f.rule.name not in earlier]
    return [*crisis, *new]


def _screening(found: Sequence[Finding]) -> Screening:
    fired = {finding.rule.level for finding in found}
    levels = tuple(level for level in LEVELS if level in fired)
    names = dict.fromkeys(f.rule.name for level in levels for f in found if f.rule.level == level)
    return Screening(levels[0] if levels else None, tuple(names), levels)
