"""The question before, asked anew with what somebody adds: "why?", "for children?", "I meant …"."""

import re
from collections.abc import Sequence

from chat.lexicon import lexicon
from chat.phrases import Phrase, phrases, word_lists
from chat.terms import content_words, stem

FEW = 2  # content words of what is no question by itself
ASKS = r"how (?:often|long|much|many(?: \w+)?|fast|soon|old|far|big|large|so|quickly|strong|come)"
HEAD = re.compile(rf"^(?:{ASKS}|why|how|when|where)\b\s*", re.IGNORECASE)
PREPOSITIONS = ("for", "with", "in", "during", "at", "without", "against", "before", "after", "on",
                "while", "by", "under", "over", "from")  # fmt: skip
PURPOSES = ("for", "with", "against")
TAIL = re.compile(r"\b(?:for|against|with|in|during|at) [^?]+$", re.IGNORECASE)
COUNTED = ("how much", "how many")
TIMED = ("how often", "how long", "when", "how", *COUNTED)


def asked_of(asking: str, before: str, language: str) -> str:
    """The question before with "Why?" or "How often?" asked of it."""
    topic = topic_of(before, language)
    lower = asking.lower()
    words = before.rstrip(" ?!.")
    if topic and lower in TIMED and _is_used(topic, language):
        purpose = _purpose(words, topic, language)
        if lower in COUNTED:
            return f"{asking.capitalize()} {topic.text} should be used{purpose}?"
        return f"{asking.capitalize()} should {topic.text} be used{purpose}?"
    if _begins_with_auxiliary(words, language):
        return f"{asking.capitalize()} {words[0].lower()}{words[1:]}?"
    if (head := HEAD.match(words)) and _begins_with_auxiliary(words[head.end() :], language):
        return f"{asking.capitalize()} {words[head.end() :]}?"
    return f"{words}, and {lower}?"


def _begins_with_auxiliary(text: str, language: str) -> bool:
    return text.split(" ", 1)[0].lower() in word_lists(language)["auxiliaries"]


def _purpose(before: str, topic: Phrase, language: str) -> str:
    """What the question before speaks of besides its topic, as what the topic is used for."""
    rest = next((p.start for p in phrases(before, language) if p.start >= topic.end), None)
    if rest is None:
        return ""
    tie = before[:rest].rsplit(maxsplit=1)[-1].lower()
    return f" {tie if tie in ('in', 'during', 'at', 'before', 'after') else 'for'} {before[rest:]}"


def _is_used(topic: Phrase, language: str) -> bool:
    known = lexicon(language).entities
    words = topic.text.lower().split()
    kinds = {known[word][0] for word in words if word in known}
    return words[-1] in word_lists(language)["used"] or bool(
        kinds & {"minerals and vitamins", "medicines"}
    )


def topic_of(question: str, language: str) -> Phrase | None:
    """What a question is about: its first phrase, one written with capitals before others."""
    found = phrases(question, language)
    return next((p for p in found if p.proper), found[0] if found else None)


def corrected(meant: str, before: str, language: str) -> str:
    """What was meant, put into the question before where it is no question by itself."""
    meant = meant.strip(" ?!.,")
    words = meant.lower().split()
    lists = word_lists(language)
    if not words:
        return before
    if words[0] in lists["asking"] | lists["auxiliaries"]:
        return f"{meant[0].upper()}{meant[1:]}?"
    return put_into(meant, before, language, replaces=True)


def put_into(fragment: str, before: str, language: str, *, replaces: bool = False) -> str:
    """A few words in the place of what they stand against in a question, else added to it."""
    words = before.rstrip(" ?!.")
    preposition = fragment.split(maxsplit=1)[0].lower()
    bare = fragment.split(" ", 1)[-1] if preposition in PREPOSITIONS else fragment
    against = _counterpart(bare, before, language, replaces=replaces)
    if against is not None:
        bare = bare if against.article else re.sub(r"^(?:the|a|an) ", "", bare)
        rest = words[against.end :]
        if TAIL.search(bare) and TAIL.match(rest.lstrip()):  # "cramps in adults", "during exercise"
            rest = ""
        text = f"{words[: against.start]}{bare}{rest}?"
        return agreeing(text, bare, language)
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


def _counterpart(fragment: str, before: str, language: str, *, replaces: bool) -> Phrase | None:
    """The phrase of a question that a fragment stands against: same kind of thing, or same word."""
    if re.match(r"\w+(?:ing|ed)\b", fragment):
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
    last = {stem(fragment.rsplit(maxsplit=1)[-1].lower())}
    return next((p for p in found if last <= {stem(p.text.split()[-1].lower())}), None)


def _kinds(text: str, language: str) -> set[str]:
    words = lexicon(language)
    kinds = {words.entities[token][0] for token in words.tokens(text) if token in words.entities}
    return kinds | ({"people"} if {"adults", "adult"} & set(words.tokens(text)) else set())


def about(question: str, before: Sequence[str], language: str) -> str:
    """A question with its subject said first, as in "Magnesium cream: what are the risks?"."""
    own = {stem(word) for word in content_words(question)}
    for earlier in reversed(before):
        topic = topic_of(earlier, language)
        if topic and not topic.terms & own:
            return f"{topic.whole[0].upper()}{topic.whole[1:]}: {question[0].lower()}{question[1:]}"
    return question


def agreeing(text: str, name: str, language: str) -> str:
    """The text with "do" and "are" for "does" and "is" before the name of several things."""
    found = phrases(name, language)
    forms = {"does": "do", "is": "are", "was": "were", "has": "have"}
    match = re.search(rf"\b({'|'.join(forms)}) {re.escape(name)}", text, re.IGNORECASE)
    if not found or found[0].proper or not found[0].several or match is None:
        return text
    form = forms[match[1].lower()]
    form = form.capitalize() if match[1][0].isupper() else form
    return text[: match.start()] + form + text[match.end(1) :]
