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
COUNTS, TIMES, AMOUNTS = "counts", "times", "amounts"  # the kinds of units
UNITS = {
    COUNTS: ["patients", "visits", "cases", "sessions", "households", "answers"],
    TIMES: ["days", "weeks", "months", "minutes", "hours"],
    AMOUNTS: ["millilitres", "grams", "milligrams", "drops"],
}
# What stands before and after a noun that is spoken of: "treatment of CRAMPS is".
TOPIC = re.compile(
    r"\b(?:of|for|on|with|the|an?|in|by|about|against|from|these|most)\s+([^\W\d_]{5,})"
    r"(?=[.,;:)]|\s+(?:of|in|is|are|was|were|for|with|by|to|can|that|has|have|may)\b)"
)
# Frequent as such, and no subject of a document: "in order to", "as a result", "the objective of".
GENERAL = frozenset(
    "order result results source sources problem problems importance objective objectives purpose"
    " trend cause causes level levels addition majority presence absence effect effects study"
    " studies group groups cases number amount amounts example examples basis terms context course"
    " total range degree process process role types while those their there these which where other"
    " others people women children years weeks months methods method conclusion conclusions"
    " background evidence aim design setting subject subjects individuals participants research"
    " review author authors article page website patients patient vitro vivo factorial accordance"
    " start target history quality response ratio experiment production death marker"
    " regard attempt difficulty estimates influence duration values".split()
)
NO_NOUN = re.compile(r"(?:ed|ing|ly|ous|ive|able|ible|ful|less|est|ic|ical|ish)$")
# Followed by a number these are no things that are counted.
UNCOUNTED = frozenset("times others years days hours minutes weeks months seconds degrees".split())
SENTENCE = re.compile(  # no label such as "RESULTS:", or "Methods" before the first word
    r"(?!(?:Methods?|Results?|Background|Conclusions?|Objectives?|Purpose|Aims?|Introduction|Design"
    r"|Findings|Setting)[:.]? [A-Z])[^\W\d_a-z](?![A-Z]{3,})(?!\w*:)"
)
ENDED = re.compile(r"[.!?][”\"’')\]]*$")
# A figure with what it counts: no year, no number of a type or of a ratio.
MEASURE = re.compile(
    r"(?<![\w.,:/–=<>≤≥±~-])(?<!type )(?<!grade )(?<!table )(?<!figure )(?!(?:1[5-9]|20)\d\d )"
    r"(\d+(?:[.,]\d+)*) (people|women|men|children|mice|mc?g|k?g|ml|hr|kcal"
    r"|(?!(?:was|has|does|as|plus)\b)[a-z]{2,}(?<![sui])s)\b(?![/-])"
)


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
    """Where the paragraphs of sentences end, so that one more sentence can follow."""
    ends, place = [], 0
    for part in text.split("\n\n"):
        end = place + len(part.rstrip())
        if len(part) > 80 and not part.startswith(("#", "|", "-")) and ended(text, end):
            ends.append(end)
        place += len(part) + 2
    return ends or ([len(text)] if len(text.split()) > 4 else [])


def readable(sentence: str) -> bool:
    """Whether it is a whole sentence in words, not an entry of a list of references or a label."""
    found = re.findall(r"[^\W\d_]+", sentence)
    plain = sum(word.islower() and len(word) > 1 for word in found)
    return len(found) > 5 and plain >= 0.7 * len(found) and bool(SENTENCE.match(sentence))


def ended(text: str, end: int) -> bool:
    """Whether a sentence ends there."""
    return bool(ENDED.search(text[max(0, end - 5) : end]))


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
    """The sentence stands last in a paragraph; in one of its own where none ends in a sentence."""
    return behind(text, draw.choice(paragraph_ends(text) or [len(text)]), sentence)


def behind(text: str, end: int, sentence: str) -> str:
    """The sentence put behind what ends there."""
    space = " " if ended(text, end) else "\n\n"
    return f"{text[:end]}{space}{sentence}{text[end:]}"


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


def topics(file: File, count: int = 6) -> list[str]:
    """What a document is about: nouns that it speaks of most often, else its frequent words.

    What stands behind "to" as often as where a noun stands is a verb.
    """
    lower = Counter(re.findall(r"\b[^\W\d_A-Z][^\W\d_]{4,}", file.text))
    done = Counter(re.findall(r"\bto ([^\W\d_A-Z][^\W\d_]{4,})", file.text))
    spoken = Counter(word for word in TOPIC.findall(file.text) if lower[word] and _is_noun(word))
    nouns = [word for word, times in spoken.most_common() if times > done[word]]
    best = [word for word in nouns if spoken[word] > 1]
    frequent = [word for word, _ in lower.most_common() if _is_noun(word) and not done[word]]
    return (best or nouns or frequent)[:count] or ["the subject"]


def _is_noun(word: str) -> bool:
    return bool(content_words(word)) and word not in GENERAL and not NO_NOUN.search(word)


def units(files: Iterable[File], kind: str) -> list[str]:
    """The usual words for this kind of figure, and for counts what the corpus itself counts."""
    if kind != COUNTS:
        return UNITS[kind]
    found = Counter(match[2] for file in files for match in MEASURE.finditer(file.text))
    own = [
        word
        for word, _ in found.most_common(12)
        if len(word) > 4
        and word.endswith("s")
        and word not in UNCOUNTED
        and word not in (*UNITS[TIMES], *UNITS[AMOUNTS])
    ]
    return own[:6] + [unit for unit in UNITS[kind] if unit not in own]
