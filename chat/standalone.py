"""A question of a conversation as one that can be searched, and shown, by itself.

"How often?", "and for children?", "is it safe?", "no, I meant cramps at night" get what they leave
out from the questions before. What nothing before explains is unclear, and is asked back. Rules
only; a chat model may do it instead (`chat/restate.py`) and is held to the conversation's words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chat.answer import Turn
from chat.lexicon import lexicon
from chat.phrases import Phrase, phrases, word_lists
from chat.referring import Reference, antecedent, reference, unnamed
from chat.small_talk import Wish, without_small_talk, wish_of
from chat.terms import content_words, stem

FEW = 2  # content words of a question that may leave out its subject
SHORT = 14  # content words of a question that may lean on the one before
BACK = 8  # questions before that are looked at
CORRECTION = re.compile(
    r"^(?:(?:no|nope|sorry|oops|wait|not that|not quite|my apologies)\b[\s,.!:;–-]*)*"
    r"(?:(?:what )?i (?:mean|meant|was asking|am asking|was referring|am referring)(?: to)?"
    r"(?: say| ask| know)?|correction(?: to)?|rather)\b[\s,:–-]*(?:is\b|was\b)?\s*",
    re.IGNORECASE,
)
ASKS = r"how (?:often|long|much|many(?: \w+)?|fast|soon|old|far|big|large|so|quickly|strong|come)"
BARE = re.compile(
    rf"^(?:and |but |so |ok(?:ay)?,? )?((?:for |since |until |at )?(?:{ASKS}|why(?: not)?|how|when"
    rf"|where|who|what time|which(?: ones?)?))(?: exactly| then| though| so| is that| a day"
    rf"| per day)?\s*[?!.]*$",
    re.IGNORECASE,
)
FRAGMENT = re.compile(
    r"^(?:(?:and|but|or|also|then|so|ok(?:ay)?)[\s,]+)*((?:what|how) about|what of)?\s*(.+?)\s*[?!.]*$",
    re.IGNORECASE,
)
HEAD = re.compile(rf"^(?:{ASKS}|why|how|when|where)\b\s*", re.IGNORECASE)
PREPOSITIONS = ("for", "with", "in", "during", "at", "without", "against", "before", "after", "on",
                "while", "by", "under", "over", "from")  # fmt: skip
PURPOSES = ("for", "with", "against")
INSTEAD = re.compile(r"^(?:no,? )?not (?:the |a |an )?(.+?)(?:,| but)+ (.+)$", re.IGNORECASE)
LACKS_PURPOSE = re.compile(r"\b(?:helps?|works?|relieves?|heals?|is effective)\s*[?!.]*$", re.IGNORECASE)
TAIL = re.compile(r"\b(?:for|against|with|in|during|at) [^?]+$", re.IGNORECASE)
COUNTED = ("how much", "how many")
TIMED = ("how often", "how long", "how much", "when", "how")


@dataclass(frozen=True)
class StandAlone:
    """text: the question by itself. unclear: the words nothing explains. wish: on the last answer."""

    text: str
    unclear: str = ""
    wish: Wish = ""


def stand_alone(question: str, history: Sequence[Turn] = (), language: str = "en") -> str:
    """The question by itself."""
    return understood(question, history, language).text


def understood(question: str, history: Sequence[Turn] = (), language: str = "en") -> StandAlone:
    """The question by itself, what in it stays unclear, and what it wishes of the last answer."""
    before: list[str] = []
    for turn in [turn for turn in history if turn.role == "user"][-BACK:]:
        asked = without_small_talk(turn.content, language)
        if asked and not wish_of(asked, language):
            before.append(_resolved(asked, before, (), language).text)
    said = [turn.content for turn in history if turn.role == "assistant"]
    asked = without_small_talk(question, language) or question
    if wish := wish_of(asked, language):
        if before:
            return StandAlone(before[-1], wish=wish)
        return StandAlone(question, unclear=question)
    return _resolved(asked, before, said, language)


def _resolved(
    question: str, before: Sequence[str], said: Sequence[str], language: str
) -> StandAlone:
    """One question with what it leaves out, from the resolved questions before it."""
    if not word_lists(language):
        return StandAlone(question)
    if before and (match := CORRECTION.match(question)) and match.end() > 0:
        return StandAlone(_corrected(question[match.end() :], before[-1], language))
    if before and (match := INSTEAD.match(question.strip(" ?!."))):
        return StandAlone(_corrected(match[2], before[-1], language))
    if match := BARE.match(question.strip()):
        if not before:
            return StandAlone(question, unclear=question.strip(" ?!."))
        return StandAlone(_asked_of(match[1], before[-1], language))
    if before and (added := _fragment(question, before, language)):
        return StandAlone(added)
    if len(content_words(question)) > SHORT:
        return StandAlone(question)
    if found := reference(question, language):
        return _referred(question, found, before, said, language)
    if nameless := unnamed(question, [*before, *said], language):
        return StandAlone(question, unclear=nameless)
    if before and LACKS_PURPOSE.search(question) and (tail := TAIL.search(before[-1].rstrip(" ?!."))):
        return StandAlone(f"{question.rstrip(' ?!.')} {tail[0]}?")
    if before and _lacks_subject(question, language):
        return StandAlone(_about(question, before, language))
    return StandAlone(question)


def _referred(
    question: str,
    found: Reference,
    before: Sequence[str],
    said: Sequence[str],
    language: str,
) -> StandAlone:
    """The question with a pronoun replaced by what it stands for."""
    meant = antecedent(found, before, said, language)
    if meant is None:
        return StandAlone(question, unclear=found.word)
    name = meant
    if found.owning:
        name += "'" if name.endswith("s") else "'s"
    text = question[: found.start] + name + question[found.end :]
    return StandAlone(_agreeing(text[0].upper() + text[1:], name, language))


def _agreeing(text: str, name: str, language: str) -> str:
    """ "Does" and "is" become "do" and "are" before the name of several things."""
    found = phrases(name, language)
    forms = {"does": "do", "is": "are", "was": "were", "has": "have"}
    match = re.search(rf"\b({'|'.join(forms)}) {re.escape(name)}", text, re.IGNORECASE)
    if not found or not found[0].several or match is None:
        return text
    form = forms[match[1].lower()]
    form = form.capitalize() if match[1][0].isupper() else form
    return text[: match.start()] + form + text[match.end(1) :]


def _asked_of(asking: str, before: str, language: str) -> str:
    """ "Why?" or "How often?" of the question before."""
    topic = _topic(before, language)
    lower = asking.lower()
    words = before.rstrip(" ?!.")
    if topic and lower.startswith(TIMED) and _is_used(topic, language):
        tail = TAIL.search(words)
        purpose = "" if tail is None or topic.text in tail[0] else f" {_purpose(tail[0])}"
        if lower.startswith(COUNTED):
            return f"{asking.capitalize()} {topic.text} should be used{purpose}?"
        return f"{asking.capitalize()} should {topic.text} be used{purpose}?"
    first = words.split(" ", 1)[0].lower()
    if first in word_lists(language)["auxiliaries"]:
        return f"{asking.capitalize()} {words[0].lower()}{words[1:]}?"
    if (head := HEAD.match(words)) and _auxiliary_at(words[head.end() :], language):
        return f"{asking.capitalize()} {words[head.end() :]}?"
    return f"{words}, and {lower}?"


def _auxiliary_at(text: str, language: str) -> bool:
    return text.split(" ", 1)[0].lower() in word_lists(language)["auxiliaries"]


def _purpose(tail: str) -> str:
    """Something helps "with" cramps and is used "for" them."""
    return re.sub(r"^with\b", "for", tail, flags=re.IGNORECASE)


def _is_used(topic: Phrase, language: str) -> bool:
    known = lexicon(language).entities
    words = topic.text.lower().split()
    kinds = {known[word][0] for word in words if word in known}
    return words[-1] in word_lists(language)["used"] or bool(
        kinds & {"minerals and vitamins", "medicines"}
    )


def _topic(question: str, language: str) -> Phrase | None:
    """What a question is about: its first phrase, one written with capitals before others."""
    found = phrases(question, language)
    return next((p for p in found if p.proper), found[0] if found else None)


def _fragment(question: str, before: Sequence[str], language: str) -> str | None:
    """ "And for children?", "what about calcium?" put into the question before; None if it is none."""
    match = FRAGMENT.match(question.strip())
    if match is None or match.start(2) == 0:  # no word that ties it to what was said
        return None
    words = match[2].split()
    if reference(match[2], language) or any(
        word.lower() in word_lists(language)["auxiliaries"] | word_lists(language)["asking"]
        for word in words
    ):
        return None
    return _put_into(match[2], before[-1], language)


def _corrected(meant: str, before: str, language: str) -> str:
    """What was meant, put into the question before where it is no question by itself."""
    meant = meant.strip(" ?!.,")
    words = meant.lower().split()
    lists = word_lists(language)
    if not words:
        return before
    if words[0] in lists["asking"] | lists["auxiliaries"]:
        return f"{meant[0].upper()}{meant[1:]}?"
    return _put_into(meant, before, language, replaces=True)


def _put_into(fragment: str, before: str, language: str, *, replaces: bool = False) -> str:
    """A few words in the place of what they stand against in a question, else added to it."""
    words = before.rstrip(" ?!.")
    preposition = fragment.split()[0].lower()
    bare = fragment.split(" ", 1)[-1] if preposition in PREPOSITIONS else fragment
    against = _counterpart(bare, before, language, replaces=replaces)
    if against is not None:
        bare = bare if against.article else re.sub(r"^(?:the|a|an) ", "", bare)
        text = f"{words[: against.start]}{bare}{words[against.end :]}?"
        return _agreeing(text, bare, language)
    if preposition in PREPOSITIONS:
        tail = TAIL.search(words)
        stands = tail[0].split()[0].lower() if tail else ""
        if tail and (stands == preposition or (preposition == "against" and stands in PURPOSES)):
            words = words[: tail.start()].rstrip()
        return f"{words} {fragment}?"
    if replaces and len(content_words(fragment)) > FEW:
        return f"{fragment[0].upper()}{fragment[1:]}?"
    if replaces:
        return f"{fragment[0].upper()}{fragment[1:]}: {words[0].lower()}{words[1:]}?"
    return f"{words}, and {fragment}?"


def _counterpart(
    fragment: str, before: str, language: str, *, replaces: bool
) -> Phrase | None:
    """The phrase of a question that a fragment stands against: same kind of thing, or same word."""
    if re.match(r"\w+ing\b", fragment):
        return None
    found = phrases(before, language)
    own = {stem(word) for word in content_words(fragment)}
    kinds = _kinds(fragment, language)
    proper = fragment[:1].isupper()
    for phrase in found:
        if kinds & _kinds(phrase.text, language) or (replaces and own & phrase.terms):
            return phrase
    if proper and (named := [phrase for phrase in found if phrase.proper]):
        return named[-1]
    last = {stem(fragment.split()[-1].lower())}
    return next((p for p in found if last <= {stem(p.text.split()[-1].lower())}), None)


def _kinds(text: str, language: str) -> set[str]:
    words = lexicon(language)
    kinds = {words.entities[token][0] for token in words.tokens(text) if token in words.entities}
    return kinds | ({"people"} if {"adults", "adult"} & set(words.tokens(text)) else set())


def _lacks_subject(question: str, language: str) -> bool:
    """Whether a question is few words that say nothing of whom or what."""
    found = phrases(question, language)
    relational = word_lists(language)["relational"]
    if not found:
        return True
    if any(phrase.proper for phrase in found) or re.match(r"what (?:is|are) \w+\W*$", question, re.I):
        return False
    left_open = all(phrase.text.lower() in relational for phrase in found)
    return left_open or len(content_words(question)) <= FEW and not _is_sentence(question, language)


def _is_sentence(question: str, language: str) -> bool:
    lists = word_lists(language)
    return any(word in lists["auxiliaries"] for word in question.lower().split())


def _about(question: str, before: Sequence[str], language: str) -> str:
    """A question with its subject said first: "Magnesium cream: what are the side effects?" """
    own = {stem(word) for word in content_words(question)}
    for earlier in reversed(before):
        topic = _topic(earlier, language)
        if topic and not topic.terms & own:
            return f"{topic.text[0].upper()}{topic.text[1:]}: {question[0].lower()}{question[1:]}"
    return question
