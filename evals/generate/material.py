"""The text that cases are made from: some of the library's documents, and places to plant in."""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from chat.terms import content_words
from evals.scratch import copies
from evals.trial import File, Subject

CHARACTERS = 120_000  # of text in one scratch library; more takes minutes to embed
ONE = 20_000  # of one document
SYLLABLES = [
    "ba",
    "bel",
    "cor",
    "dan",
    "del",
    "fen",
    "gal",
    "hul",
    "ka",
    "lor",
    "mar",
    "nel",
    "or",
    "pim",
    "quo",
    "ran",
    "sil",
    "tor",
    "ul",
    "ven",
    "wes",
    "xan",
    "zer",
]
ENDINGS = ["in", "is", "or", "an", "ex", "um", "ett", "ine", "ova", "ard"]
UNITS = ["millilitres", "patients", "days", "minutes", "grams", "visits", "cases", "sessions"]
MEASURE = re.compile(r"(?<![\w.,-])(\d+(?:[.,]\d+)*) ([a-z]{2,})\b")


def dice(subject: Subject, purpose: str) -> random.Random:
    """Numbers that follow from the seed and from what they are for."""
    return random.Random(f"{subject.seed}/{purpose}")  # noqa: S311


def material(subject: Subject, purpose: str) -> list[File]:
    """Documents drawn from the library until there is enough text, long ones shortened."""
    files = [_shortened(file) for file in copies(subject.release.documents())]
    files = [file for file in files if paragraph_ends(file.text)]
    dice(subject, purpose).shuffle(files)
    kept: list[File] = []
    total = 0
    for file in files:
        if kept and total + len(file.text) > CHARACTERS:
            break
        kept.append(file)
        total += len(file.text)
    return sorted(kept, key=lambda file: file.path)


def _shortened(file: File) -> File:
    if len(file.text) <= ONE:
        return file
    border = file.text.rfind("\n\n", 0, ONE)
    return replace(file, text=file.text[: border if border > 0 else ONE])


def paragraph_ends(text: str) -> list[int]:
    """Where the paragraphs that hold sentences end."""
    ends, place = [], 0
    for part in text.split("\n\n"):
        end = place + len(part)
        if len(part) > 80 and not part.startswith(("#", "|", "-")):
            ends.append(end)
        place = end + 2
    return ends or ([len(text)] if len(text.split()) > 4 else [])


@dataclass(frozen=True)
class Plant:
    """Text that goes into document number `file`, at the end of a paragraph."""

    file: int
    text: str
    place: Callable[[str, str, random.Random], str] | None = None


def planted(
    files: Sequence[File], plants: Iterable[Plant], draw: random.Random
) -> tuple[File, ...]:
    """Copies of the files with all plants in them."""
    texts = [file.text for file in files]
    for plant in plants:
        place = plant.place or in_paragraph
        texts[plant.file] = place(texts[plant.file], plant.text, draw)
    return tuple(replace(file, text=text) for file, text in zip(files, texts, strict=True))


def in_paragraph(text: str, sentence: str, draw: random.Random) -> str:
    """The sentence stands last in a paragraph."""
    end = draw.choice(paragraph_ends(text) or [len(text)])
    return f"{text[:end]} {sentence}{text[end:]}"


def own_paragraph(text: str, sentence: str, draw: random.Random) -> str:
    """The sentence is a paragraph of its own."""
    end = draw.choice(paragraph_ends(text) or [len(text)])
    return f"{text[:end]}\n\n{sentence}{text[end:]}"


def nonce(draw: random.Random, taken: set[str]) -> str:
    """A name that no text uses; it is added to those taken (in lower case)."""
    while True:
        name = "".join(draw.choice(SYLLABLES) for _ in range(2)) + draw.choice(ENDINGS)
        if name not in taken:
            taken.add(name)
            return name.capitalize()


def vocabulary(files: Iterable[File]) -> set[str]:
    """Every content word of the files."""
    return {word for file in files for word in content_words(file.text)}


def topic_words(file: File, count: int = 6) -> list[str]:
    """What a document is about: its most frequent longer words."""
    words = [word for word in re.findall(r"[^\W\d_]{5,}", file.text.lower()) if content_words(word)]
    return [word for word, _ in Counter(words).most_common(count)] or ["text"]


def units(files: Iterable[File]) -> list[str]:
    """The words that follow numbers in the corpus, the usual ones besides."""
    found = Counter(match[2] for file in files for match in MEASURE.finditer(file.text))
    own = [word for word, _ in found.most_common(8) if len(word) > 3 and word.endswith("s")]
    return own + [unit for unit in UNITS if unit not in own]
