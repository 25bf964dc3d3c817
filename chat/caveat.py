"""What is said in fixed words: the caveat on every answer, and the notices beside it.

The words stand in `prompts/LANGUAGE/caveat` and `notice`, telephone numbers in `contacts.toml`.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Literal

from chat.answer import Notice, NoticeKind
from chat.screen import Screening
from chat.screening.rulebook import Rulebook, rulebook
from chat.settings import Settings
from chat.wording import PROMPTS, languages, wording

Severity = Literal["neutral", "promotional", "red_flag"]
# Words that sound like stopping and tell nobody to stop: a medicine kept from being absorbed, "do
# not skip", "without asking".
KEEPS = re.compile(
    r"\bstops?\b(?=[^.!?]{1,120}\bfrom \w+ing\b)"
    r"|(?<!why )(?:\bnot|n't|\bnever)(?: \w+)? (?:stop|skip|quit|replac|discontinu|forgo|chang)\w*"
    r"|\bwithout (?:asking|consulting|talking|speaking|checking|telling)\b",
    re.IGNORECASE,
)
NEAR = 12  # words between a word such as "skip" and the treatment it is about


def caveat(severity: Severity, settings: Settings) -> str:
    """The caveat of this severity: what the answer is, what it is not, what to do."""
    return wording(settings.language, f"caveat/{severity}")


def notice(kind: NoticeKind, settings: Settings, **values: str) -> Notice:
    """The fixed notice of this kind, with the country's numbers; other $names come as values."""
    known = {**contacts(settings), **values}
    return Notice(kind, wording(settings.language, f"notice/{kind}", **known))


def notices(screening: Screening, settings: Settings) -> tuple[Notice, ...]:
    """The notices that the screening calls for, gravest first.

    A crisis stands alone, but for an emergency beside it (somebody who has taken pills needs both).
    """
    grave = [level for level in screening.levels if level in {"crisis", "emergency"}]
    return tuple(notice(level, settings) for level in grave or screening.levels)


def contacts(settings: Settings) -> dict[str, str]:
    """Whom to call in the settings' country: `emergency`, `advice` and `crisis`, as parts of text.

    A country that is not listed gets the general wording.
    """
    table = _contacts(settings.language)
    return {**table["general"], **table.get(settings.country or "", {})}


def countries(language: str) -> list[str]:
    """The countries whose numbers are known, by code."""
    return sorted(_contacts(language).keys() - {"general"})


@cache
def _contacts(language: str) -> Mapping[str, dict[str, str]]:
    table = tomllib.loads((PROMPTS / language / "contacts.toml").read_text(encoding="utf-8"))
    return {name: part for name, part in table.items() if isinstance(part, dict)}


@lru_cache(maxsize=10_000)
def tells_to_stop(text: str) -> bool:
    """Whether a passage in any language tells people to stop, skip or replace treatment."""
    told = KEEPS.sub("keeps", text)
    return any(_tells_to_stop(told, rulebook(language)) for language in languages())


def _tells_to_stop(text: str, book: Rulebook) -> bool:
    said = book.said(text)
    if said.of(["tells to stop"]):
        return True
    near = (said.near(["treatment"], stop, NEAR) for stop in said.of(["stop or replace"]))
    return any(near)
