"""A question of a conversation as one that can be searched, and shown, by itself.

"How often?", "and for children?", "is it safe?", "no, I meant cramps at night" get what they leave
out from the questions before. What nothing before explains is unclear, and is asked back.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chat.answer import Turn
from chat.follow_up import ASKS, FEW, TAIL, about, agreeing, asked_of, corrected, put_into
from chat.phrases import phrases, word_lists
from chat.referring import Reference, antecedent, reference, unnamed
from chat.small_talk import Wish, wish_of, without_small_talk
from chat.terms import content_words, stem

Said = Sequence[str]
SHORT = 14  # content words of a question that may lean on the one before
LITTLE = 2  # content words of a question that is nothing without what its pronoun stands for
BACK = 8  # questions before that are looked at
CORRECTION = re.compile(
    r"^(?:(?:no|nope|sorry|oops|wait|not that|not quite|my apologies)\b[\s,.!:;–-]*)*"
    r"(?:(?:what )?i (?:mean|meant|was asking|am asking|was referring|am referring)(?: to)?"
    r"(?: say| ask| know)?|correction(?: to)?|rather)\b[\s,:–-]*(?:is\b|was\b)?\s*",
    re.IGNORECASE,
)
INSTEAD = re.compile(r"^(?:no,? )?not (?:the |a |an )?(.+?)(?:,| but)+ (.+)$", re.IGNORECASE)
BARE = re.compile(
    rf"^(?:and |but |so |ok(?:ay)?,? )?((?:for |since |until |at )?(?:{ASKS}|why(?: not)?|how|when"
    rf"|where|who|what time|which(?: ones?)?))(?: exactly| then| though| so| is that| a day"
    rf"| per day)?\s*[?!.]*$",
    re.IGNORECASE,
)
OPENING = re.compile(r"^(?:(?:and|but|so|then|ok(?:ay)?)\b[\s,]*)+(?=\w)", re.IGNORECASE)
FRAGMENT = re.compile(
    r"^(?:(?:and|but|or|also|then|so|ok(?:ay)?)[\s,]+)*((?:what|how) about|what of)?\s*"
    r"(.+?)\s*[?!.]*$",
    re.IGNORECASE,
)
LACKS_PURPOSE = re.compile(
    r"\b(?:helps?|works?|relieves?|heals?|is effective)\s*[?!.]*$", re.IGNORECASE
)
# "Is it the drip that helped?", "is it true that …" stand for nothing before.
CLEFT = re.compile(
    r"\b(?:is|was) it (?:the|a|an|true|normal|possible|worth|only|usual|common|time)\b",
    re.IGNORECASE,
)
DEFINITION = re.compile(r"what (?:is|are) \w+\W*$", re.IGNORECASE)


@dataclass(frozen=True)
class StandAlone:
    """text: the question by itself. unclear: words that nothing explains.

    wish: what it wishes of the last answer, to which `text` is the question. assumed: what it is
    read as a question about, though nobody said so.
    """

    text: str
    unclear: str = ""
    wish: Wish = ""
    assumed: str = ""


def understood(
    question: str, history: Sequence[Turn] = (), language: str = "en", subject: str = ""
) -> StandAlone:
    """The question by itself, what in it stays unclear, and what it wishes of the last answer.

    subject: of all that is searched; what a first question that names nothing is about.
    """
    before: list[str] = []
    for turn in [turn for turn in history if turn.role == "user"][-BACK:]:
        asked = without_small_talk(turn.content, language)
        if asked and not wish_of(asked, language):
            before.append(_read(asked, before, (), language, subject).text)
    said = [turn.content for turn in history if turn.role == "assistant"]
    asked = without_small_talk(question, language) or question
    if wish := wish_of(asked, language):
        if before:
            return StandAlone(before[-1], wish=wish)
        return StandAlone(question, unclear=question)
    return _read(asked, before, said, language, subject)


def _read(question: str, before: Said, said: Said, language: str, subject: str) -> StandAlone:
    if subject and not before:
        return _on_subject(question, subject, language)
    return _resolved(question, before, said, language)


def _on_subject(question: str, subject: str, language: str) -> StandAlone:
    """A first question; "is it safe?" and "any side effects?" are about the one subject."""
    found = _resolved(question, (), (), language)
    named = stem(subject) in map(stem, content_words(question))
    bare = BARE.match(question.strip())
    if named or bare or not word_lists(language) or _long(question, (), (), language):
        return found
    before = [f"What is {subject}?"]
    meant = _referred(question, before, (), language) if _points_at_it(question, language) else None
    if meant is None and len(content_words(question)) <= FEW and _left_open(question, language):
        meant = StandAlone(about(question, before, language))
    return replace(meant, assumed=subject) if meant else found


def _points_at_it(question: str, language: str) -> bool:
    """Whether an "it" stands for something, and nothing that it could stand for precedes it."""
    found = reference(question, language)
    return (
        found is not None
        and found.word.lower() in ("it", "its")
        and not CLEFT.search(question)
        and not any(phrase.end <= found.start for phrase in phrases(question, language))
    )


def _resolved(
    question: str, before: Sequence[str], said: Sequence[str], language: str
) -> StandAlone:
    """One question with what it leaves out, from the resolved questions before it."""
    if not word_lists(language):  # no rules for this language: the question before goes with it
        leans = before and len(content_words(question)) <= FEW
        return StandAlone(f"{before[-1]} {question}" if leans else question)
    for rule in RULES:
        found = rule(question, before, said, language)
        if found is not None:
            return found
    return StandAlone(question)


def _correction(question: str, before: Said, _: Said, language: str) -> StandAlone | None:
    """What was meant instead: "no, I meant at night", "not the cream, the tablets"."""
    if not before:
        return None
    match = CORRECTION.match(question)
    if match and match.end() > 0:
        return StandAlone(corrected(question[match.end() :], before[-1], language))
    instead = INSTEAD.match(question.strip(" ?!."))
    return StandAlone(corrected(instead[2], before[-1], language)) if instead else None


def _bare(question: str, before: Said, _: Said, language: str) -> StandAlone | None:
    """A question word alone: "Why?", "How often?"."""
    match = BARE.match(question.strip())
    if match is None:
        return None
    if not before:
        return StandAlone(question, unclear=question.strip(" ?!."))
    return StandAlone(asked_of(match[1], before[-1], language))


def _fragment(question: str, before: Said, _: Said, language: str) -> StandAlone | None:
    """A piece with a word that ties it to what was said: "and for children?"."""
    match = FRAGMENT.match(question.strip()) if before else None
    if match is None or match.start(2) == 0 or reference(match[2], language):
        return None
    lists = word_lists(language)
    if any(word.lower() in lists["auxiliaries"] | lists["asking"] for word in match[2].split()):
        return None
    return StandAlone(put_into(match[2], before[-1], language))


def _long(question: str, _: Said, __: Said, ___: str) -> StandAlone | None:
    """So many words need nothing from before."""
    return StandAlone(question) if len(content_words(question)) > SHORT else None


def _referred(question: str, before: Said, said: Said, language: str) -> StandAlone | None:
    """The question with a pronoun replaced by what it stands for."""
    found = reference(question, language)
    if found is None:
        return None
    meant = antecedent(found, before, said, language)
    if meant is None:
        return StandAlone(question, unclear=_open(question, found, before, language))
    name = meant
    if found.owning:
        name += "'" if name.endswith("s") else "'s"
    text = question[: found.start] + name + question[found.end :]
    text = OPENING.sub("", text)
    return StandAlone(agreeing(text[0].upper() + text[1:], name, language))


def _open(question: str, found: Reference, before: Said, language: str) -> str:
    """The words that nothing explains, where little else in the question could."""
    which = found.noun.split(" ")[-1].lower() in word_lists(language)["one of many"]
    named = [phrase for phrase in phrases(question, language) if phrase.end <= found.start]
    little = len(content_words(question)) <= LITTLE or bool(before)
    return question[found.start : found.end] if which or (little and not named) else ""


def _nameless(question: str, before: Said, said: Said, language: str) -> StandAlone | None:
    """A question on "the country" where no country was named."""
    words = unnamed(question, [*before, *said], language)
    return StandAlone(question, unclear=words) if words else None


def _purpose(question: str, before: Said, _: Said, __: str) -> StandAlone | None:
    """What something helps with is said in the question before."""
    tail = TAIL.search(before[-1].rstrip(" ?!.")) if before else None
    if tail is None or not LACKS_PURPOSE.search(question):
        return None
    return StandAlone(f"{question.rstrip(' ?!.')} {tail[0]}?")


def _subject(question: str, before: Said, _: Said, language: str) -> StandAlone | None:
    """A question that says nothing of whom or what, with the subject of the one before."""
    if not before or not _lacks_subject(question, language):
        return None
    return StandAlone(about(question, before, language))


def _lacks_subject(question: str, language: str) -> bool:
    """Whether a question is few words that say nothing of whom or what."""
    if _left_open(question, language):
        return True
    proper = any(phrase.proper for phrase in phrases(question, language))
    if proper or DEFINITION.match(question):
        return False
    return len(content_words(question)) <= FEW and not _is_sentence(question, language)


def _left_open(question: str, language: str) -> bool:
    """Whether nothing is named but what is of something: "any side effects?"."""
    found, relational = phrases(question, language), word_lists(language)["relational"]
    of_something = all(p.text.lower() in relational and not p.proper for p in found)
    return not found or (of_something and not DEFINITION.match(question))


def _is_sentence(question: str, language: str) -> bool:
    lists = word_lists(language)
    return any(word in lists["auxiliaries"] for word in question.lower().split())


RULES = (_correction, _bare, _fragment, _long, _referred, _nameless, _purpose, _subject)
