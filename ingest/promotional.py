"""Does a document or a passage sell something? Told from the text alone, with the reasons.

Swapped-in text comes without labels, so the scorer looks for what advertising does and reporting
does not. Each sign counts once, however often it occurs; the words found are the reasons.
"""

# ruff: noqa: E501 - the patterns read better unbroken

import re
from dataclasses import dataclass

LEAST = 3  # points from which a text is called promotional
WINDOW = 6000  # characters
GOODS = (
    r"(?:cream|product|formula|supplement|oil|lotion|spray|butter|balm|gel|capsule|tablet|device"
    r"|programme?|course|range|brand|blend|collection|remed(?:y|ie)|shop|store|clinic|treatment"
    r"|tea|tincture|powder|gumm(?:y|ie)|patch(?:e)?|soap|pillow|mattress(?:e)?|bundle)s?"
)
# Sign -> (points, pattern). A sign that only sellers give has 2 points, one that any keen writer
# may give has 1.
SIGNS: dict[str, tuple[int, re.Pattern[str]]] = {
    "speaks of its own goods": (
        2,
        re.compile(
            rf"\b(?:our|my)\s+(?:[\w-]+\s+){{0,4}}?{GOODS}\b|\bmy customers\b|\bour customers\b"
        ),
    ),
    "calls on the reader to buy or try": (
        2,
        re.compile(
            r"\b(?:buy|order|shop|subscribe|purchase) (?:it |yours? |some )?(?:now|today|here|online)\b"
            r"|\badd to (?:cart|basket)\b|\btry (?:it |them )?(?:our|today|now|for free)\b"
            r"|\binvite you to try\b|\badd our\b|\bget yours\b|\bcheck out our\b|\bclick (?:here|below)\b"
            r"|\bwhile (?:stocks?|supplies) lasts?\b|\blimited[- ]time\b|\buse code\b|\bfree shipping\b"
        ),
    ),
    "names a price or a bargain": (
        1,
        re.compile(
            r"[$€£]\s?\d|\b\d+ ?(?:%|percent|per cent) off\b|\bbudget[- ]friendly\b|\bmoney[- ]back\b|\bspecial offer\b"
            r"|\bbest price\b|\baffordabl[ey]\b|\bdiscount(?:s|ed)?\b|\bsave (?:up to|\d+ ?(?:%|percent|per cent))|\bcost-effective"
        ),
    ),
    "speaks against medicines or doctors": (
        2,
        re.compile(
            r"\b(?:skip|forgo|forego|ditch|throw (?:out|away)|say goodbye to|instead of)\b[^.!?]{0,40}"
            r"\b(?:iv|infusions?|medications?|medicines?|prescriptions?|drugs?|doctors?|pills?|painkillers?)\b"
            r"|\bmasks? (?:the |your )?symptoms\b|\bwithout (?:the use of )?(?:drugs|medications?|surgery)\b"
            r"|\bside effects (?:commonly )?(?:experienced|of)\b[^.!?]{0,30}\bdrugs\b|\bbig pharma\b"
        ),
    ),
    "promises without limits": (
        2,
        re.compile(
            r"\b(?:immediate|instant|rapid|complete|permanent|guaranteed|total) (?:\w+ )?(?:relief|results?|cure)"
            r"|\b(?:guaranteed? (?:to|results?|relief)|satisfaction guaranteed?)\b|\bmiracl\w+|\bcures? (?:all|every|any)\b|\brelief from all\b"
            r"|\bno other (?:\w+ ){1,3}(?:can|could|does|will)\b|\bsecret (?:weapon|remedy|formula)\b"
            rf"|\bthe best (?:thing|part|{GOODS})\b|\brisk[- ]free\b|\b100 ?% (?:natural|safe|effective)"
            r"|\bfrom the (?:very )?first (?:night|day|use|dose)\b"
        ),
    ),
    "praises": (
        1,
        re.compile(
            r"\b(?:remarkabl[ey]|amazing(?:ly)?|incredibl[ey]|powerful|unique(?:ly)?|revolutionary|ideal|wonderful"
            r"|breakthrough|all[- ]natural|soothing|luxurious|premium|life[- ]changing|favou?rite|effortless(?:ly)?)\b"
        ),
    ),
    "shouts": (1, re.compile(r"\w!(?:\s|$)")),
    "tells of somebody's own relief": (
        1,
        re.compile(
            r"\b(?:i|we) (?:still |now |have |just )*(?:swear by|love|find it|found relief|recommend)\b"
            r"|\bhelps my\b|\bchanged my life\b|(?<!\ba )\btestimonials?\b|\bfive[- ]stars?\b"
        ),
    ),
}


@dataclass(frozen=True)
class Promotion:
    """score: points of all signs found. reasons: each sign with the words it was found in."""

    score: int
    reasons: tuple[str, ...]

    @property
    def promotional(self) -> bool:
        return self.score >= LEAST


def promotional(text: str) -> Promotion:
    """How much a text reads like advertising, and why: the judgement on its most promotional part.

    A long text is judged in windows, because a book meets every sign once by chance.
    """
    starts = range(0, max(1, len(text) - WINDOW // 2), WINDOW // 2)
    return max((_judged(text[start : start + WINDOW]) for start in starts), key=lambda p: p.score)


def _judged(text: str) -> Promotion:
    lowered = text.lower().replace("’", "'")
    found = {
        sign: (points, match[0])
        for sign, (points, pattern) in SIGNS.items()
        if (match := pattern.search(lowered))
    }
    reasons = tuple(f"{sign}: “{' '.join(words.split())}”" for sign, (_, words) in found.items())
    return Promotion(sum(points for points, _ in found.values()), reasons)
