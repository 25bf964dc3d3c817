"""What is said without asking the documents anything: a greeting, thanks, a wish about the answer.

Phrases and replies stand in `prompts/LANGUAGE/talk/`. Nothing here is ever made up.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Literal, cast

from chat.screening.textfiles import phrase_lists
from chat.wording import PROMPTS

Wish = Literal["", "shorter", "again", "sources", "truth"]
FILLING = frozenset(
    "please pls so well then oh ah um caveat but and now just ok okay yes no it's there a bit"
    " actually again for sure you i me to".split()
)
LONGEST = 12  # words of a phrase
POLITE = re.compile(r"^(?:can|could|would|will) you (?:please )?", re.IGNORECASE)
SENTENCE = re.compile(r"[^.!?,;]+[.!?,;]*\s*")


def small_talk_of(message: str, language: str = "en") -> str:
    """The name of the reply to a message that is small talk only, else ""."""
    if without_small_talk(message, language):
        return ""
    known = _phrases(language, "small_talk")
    kinds = [k for part in SENTENCE.findall(message) for k in _part_kinds(part, known)]
    if not kinds:
        return ""
    telling = [kind for kind in kinds if kind not in ("hello", "thanks")]
    return (telling or kinds)[-1]


def wish_of(message: str, language: str = "en") -> Wish:
    """What a message wishes of the last answer, if it wishes nothing else."""
    words = _plain_words(POLITE.sub("", message.strip()))
    kinds = _kinds(words, _phrases(language, "wishes"))
    return cast("Wish", kinds[0] if kinds else "")


def without_small_talk(message: str, language: str = "en") -> str:
    """A message without the small talk before its question; "" if it is nothing else."""
    text = message.strip()
    known = _phrases(language, "small_talk")
    while match := SENTENCE.match(text):
        if not _part_kinds(match[0], known):
            break
        text = text[match.end() :].strip()
    return text


def _part_kinds(part: str, known: Mapping[tuple[str, ...], str]) -> list[str]:
    """The kinds of a sentence of small talk, asked politely or not."""
    return _kinds(_plain_words(part), known) or _kinds(_plain_words(POLITE.sub("", part)), known)


def _plain_words(message: str) -> list[str]:
    text = message.lower().replace("’", "'")
    for short, full in {"what's": "what is", "that's": "that is", "who's": "who is",
                        "don't": "do not", "where's": "where is"}.items():  # fmt: skip
        text = text.replace(short, full)
    return re.findall(r"[^\W_]+", text)


def _kinds(words: list[str], known: Mapping[tuple[str, ...], str]) -> list[str]:
    """The kinds of the phrases that words consist of, [] if they hold anything else."""
    found = list(_consumed(words, known))
    return [] if "" in found else found


def _consumed(words: list[str], known: Mapping[tuple[str, ...], str]) -> Iterator[str]:
    """The kind of each phrase, longest first; "" for a word that neither fills nor belongs."""
    place = 0
    while place < len(words):
        for length in range(min(LONGEST, len(words) - place), 0, -1):
            kind = known.get(tuple(words[place : place + length]))
            if kind:
                yield kind
                break
        else:
            length = 1
            if words[place] not in FILLING:
                yield ""
        place += length


@cache
def _phrases(language: str, name: str) -> Mapping[tuple[str, ...], str]:
    path = PROMPTS / language / "talk" / f"{name}.txt"
    lists = phrase_lists(path) if path.exists() else {}
    return {tuple(phrase.split()): kind for kind, phrases in lists.items() for phrase in phrases}
