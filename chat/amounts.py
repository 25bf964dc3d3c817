"""Too little or too much: what a source says of the one is no answer to a question on the other."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from chat.screening.textfiles import phrase_lists
from chat.terms import STOP, stem
from chat.wording import PROMPTS

AROUND = 3  # words on either side of such a word among which the thing it speaks of is named
CLAUSE = re.compile(r"[.,;:()!?]")


def agreement(question: str, text: str, language: str = "en") -> int:
    """-1 where a text speaks of too much of what the question has too little of, or the reverse.

    1 where both speak of too little, or of too much, of one thing, whatever words say so; else 0.
    """
    asked = amounts(question, language)
    if not asked:
        return 0
    said = amounts(text, language)
    if any(asked[kind] & said.get(kind, frozenset()) for kind in asked):
        return 1
    others = (things for kind, things in said.items() if kind not in asked)
    return -int(any(things & own for things in others for own in asked.values()))


@lru_cache(maxsize=10_000)
def amounts(text: str, language: str = "en") -> Mapping[str, frozenset[str]]:
    """Kind ("too little", "too much") -> stems of what a text says there is so much of."""
    found: dict[str, frozenset[str]] = {}
    for clause in CLAUSE.split(text.lower().replace("’", "'")):
        for match in _pattern(language).finditer(clause):
            kind = str(match.lastgroup).replace("_", " ")
            before = re.findall(r"\w+", clause[: match.start()])[-AROUND:]
            after = re.findall(r"\w+", clause[match.end() :])[:AROUND]
            things = {stem(word) for word in [*before, *after] if word not in STOP}
            found[kind] = found.get(kind, frozenset()) | things
    return found


@cache
def _pattern(language: str) -> re.Pattern[str]:
    """One named group for each list of `prompts/LANGUAGE/verify/amounts.txt`."""
    lists = phrase_lists(PROMPTS / language / "verify" / "amounts.txt")
    kinds = [
        f"(?P<{name.replace(' ', '_')}>{'|'.join(sorted(words, key=len, reverse=True))})"
        for name, words in lists.items()
    ]
    return re.compile(rf"\b(?:{'|'.join(kinds)})\b")
