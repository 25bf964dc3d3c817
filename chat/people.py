"""Whom a question is about: what is said of adults must not answer for a child or a pregnancy.

The groups and their words stand in `prompts/LANGUAGE/verify/asked_of.txt`.
"""

import re
from collections.abc import Mapping
from functools import cache

from chat.screening.textfiles import phrase_lists
from chat.wording import PROMPTS

ASKS = re.compile(
    r"\b(?:for|in|of|about|during|while|when|if|with|to|need|give|giving|and"
    r"|can|could|may|might|should|must|do|does|are|is)\s+"
    r"(?:(?:my|the|a|an|our|your|their|some|very|young|small|little|older|healthy|most|being"
    r"|i'm|i am|you're|you are|she's|she is)\s+){0,3}\Z",
    re.IGNORECASE,
)
ADULTS = "adults"  # whom the documents speak of where they name nobody
BEFORE = 60  # characters in front of a group's word that may ask about it


def asked_of(question: str, language: str = "en") -> set[str]:
    """The groups of people whom the question is about: "for children", "can babies".

    None where it is about adults as well.
    """
    asked = {
        name
        for name, words in _groups(language).items()
        for found in words.finditer(question)
        if ASKS.search(question[max(0, found.start() - BEFORE) : found.start()])
    }
    return set() if ADULTS in asked else asked


def spoken_of(text: str, language: str = "en") -> set[str]:
    """The groups of people that a text names."""
    return {name for name, words in _groups(language).items() if words.search(text)}


@cache
def _groups(language: str) -> Mapping[str, re.Pattern[str]]:
    lists = phrase_lists(PROMPTS / language / "verify" / "asked_of.txt")
    return {
        name: re.compile(rf"\b(?:{'|'.join(map(_pattern, words))})\b", re.IGNORECASE)
        for name, words in lists.items()
    }


def _pattern(words: str) -> str:
    """A phrase as a pattern; a star stands for any ending."""
    return re.escape(words).replace(r"\*", r"\w*")
