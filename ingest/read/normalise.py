"""One form for all text: NFC, plain newlines and spaces, nothing that a reader cannot see.

Offsets everywhere in Caveat count in text that has been through here, so it runs once, on reading.
"""

import re
import unicodedata
from collections import Counter

# What is removed, by the name that the report uses. Joiners stay where scripts and emoji need them.
JOINED = "\u0600-\u109f\u1780-\u18af\u2600-\u27bf\ufe0f\U0001f000-\U0001faff"
INVISIBLE = {
    "zero-width characters": re.compile(
        rf"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2065\u3164\ufeff\uffa0]"
        rf"|(?<![{JOINED}])[\u200c\u200d]"
    ),
    "direction controls": re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f]"),
    "tag characters": re.compile("[\U000e0000-\U000e0fff]"),
    "soft hyphens": re.compile("\u00ad"),
    "control characters": re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]"),
    "broken characters": re.compile("[\ud800-\udfff\ufdd0-\ufdef\ufff0-\ufffb\ufffe\uffff]"),
}
LINE_BREAK = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
BLANK = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
GAP = re.compile(r"\n{3,}")
# Typeset ligatures hide words from a search: "ﬁbre" is not found by "fibre".
LIGATURES = str.maketrans(
    {
        "ﬀ": "ff",
        "ﬁ": "fi",
        "ﬂ": "fl",
        "ﬃ": "ffi",
        "ﬄ": "ffl",
        "ﬅ": "st",
        "ﬆ": "st",
        "\uf001": "fi",
        "\uf002": "fl",
    }
)


def normalise(text: str) -> tuple[str, Counter[str]]:
    """The text in its one form, and how many characters of each kind of INVISIBLE were removed.

    No outer blanks, no blanks at line ends, at most two newlines in a row.
    """
    removed: Counter[str] = Counter()
    text = LINE_BREAK.sub("\n", text)
    if not text.isascii() or not text.isprintable():
        for name, pattern in INVISIBLE.items():
            text, count = pattern.subn("", text)
            if count:
                removed[name] += count
        text = unicodedata.normalize("NFC", BLANK.sub(" ", text).translate(LIGATURES))
    text = "\n".join(line.rstrip(" \t") for line in text.split("\n"))
    return GAP.sub("\n\n", text).strip(), removed


def removal_lines(removed: Counter[str]) -> tuple[str, ...]:
    """One plain line for each kind of thing removed: "12 zero-width characters"."""
    return tuple(
        f"{count} {name if count > 1 else name.removesuffix('s')}"
        for name, count in removed.items()
    )
