"""Words of a question that the documents never use, read as what they call the same thing.

`prompts/LANGUAGE/verify/same_words.txt` holds groups of words and phrases that can stand in for
each other in a question ("the runs", diarrhoea). A word or phrase that stands in the documents is
left as it is, and so is one of whose group nothing stands there. The answer says what was read.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from chat.screening.textfiles import blocks
from chat.terms import content_words
from chat.wording import PROMPTS
from ingest.library import Release

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
OWNED = re.compile(r"['’]s$")
LOOKED_AT = 50  # passages in which a phrase is looked for
SHORTEST = 3  # letters of a word that may be a plural
Forms = tuple[str, ...]


@dataclass(frozen=True)
class Groups:
    """Groups of words that mean the same. starts: first word -> (all words, number of a group)."""

    members: tuple[tuple[str, ...], ...]
    starts: Mapping[str, tuple[tuple[Forms, int], ...]]

    def at(self, forms: Forms) -> tuple[int, int] | None:
        """How many of the first words are a member, as many as can be, and of which group."""
        fitting = [
            (len(own), group)
            for own, group in self.starts.get(forms[0], ())
            if forms[: len(own)] == own
        ]
        return max(fitting, default=None)


def reworded(question: str, release: Release, language: str = "en") -> dict[str, str]:
    """Each word or phrase of the question that is read as another one, with that one."""
    groups = same_words(language)
    read = {}
    for said, number in _members_in(question, groups):
        others = [each for each in groups.members[number] if forms_of(each) != forms_of(said)]
        if _used(said, release):
            continue
        counts = {other: _standing(other, release) for other in others}
        best = max(others, key=lambda other: counts[other], default="")
        if counts.get(best):
            read[said] = best
    return read


def with_words(question: str, read: Mapping[str, str]) -> str:
    """The question with words put in place of others."""
    for said, other in read.items():
        question = re.sub(rf"(?<!\w){re.escape(said)}(?!\w)", other, question)
    return question


def _members_in(question: str, groups: Groups) -> Iterator[tuple[str, int]]:
    """Words and phrases of the question that stand in a group, with its number."""
    found = list(WORD.finditer(question))
    forms = tuple(_form(match[0]) for match in found)
    place = 0
    while place < len(found):
        length, group = groups.at(forms[place:]) or (1, -1)
        if group >= 0:
            said = question[found[place].start() : found[place + length - 1].end()]
            yield OWNED.sub("", said), group
        place += length


def _used(phrase: str, release: Release) -> bool:
    """Whether the documents have a phrase; a word by itself in any inflection."""
    if len(forms_of(phrase)) == 1:
        return bool(release.frequencies([phrase])[phrase])
    return bool(_standing(phrase, release))


def _standing(phrase: str, release: Release) -> int:
    """In how many passages, of those looked at, a phrase stands."""
    telling = content_words(phrase)
    hits = release.lexical(telling, LOOKED_AT)
    found = release.passages([key for key, _, share in hits if share > 1 - 1 / (2 * len(telling))])
    own = forms_of(phrase)
    return sum(_stands(own, " ".join((*each.headings, each.text))) for each in found)


def _stands(phrase: Forms, text: str) -> bool:
    """Whether a phrase stands in a text, word behind word, in singular or plural."""
    forms = f" {' '.join(forms_of(text))} "
    return f" {' '.join(phrase)} " in forms


def forms_of(text: str) -> Forms:
    """The words of a text, in order, in lower case and without an s at the end."""
    return tuple(map(_form, WORD.findall(text)))


def _form(word: str) -> str:
    word = OWNED.sub("", word.lower()).replace("’", "'")
    return word[:-1] if len(word) > SHORTEST and word[-1] == "s" != word[-2] else word


@cache
def same_words(language: str) -> Groups:
    """The groups of one language; none where it has no file."""
    path = PROMPTS / language / "verify" / "same_words.txt"
    lines = [line for _, each in blocks(path) for line in each] if path.is_file() else []
    members = tuple(tuple(word.strip() for word in line.split(",")) for line in lines)
    starts: dict[str, list[tuple[Forms, int]]] = {}
    for number, group in enumerate(members):
        for own in dict.fromkeys(map(forms_of, group)):
            starts.setdefault(own[0], []).append((own, number))
    return Groups(members, {first: tuple(each) for first, each in starts.items()})
