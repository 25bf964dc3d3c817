"""Fixed wording and interface texts: one file each under `prompts/LANGUAGE/`, with $names."""

import re
from functools import cache, lru_cache
from pathlib import Path
from string import Template

from ingest.errors import UserError

PROMPTS = Path(__file__).parent.parent / "prompts"


@cache
def languages() -> tuple[str, ...]:
    """The languages that have a folder in `prompts/`."""
    return tuple(sorted(folder.name for folder in PROMPTS.iterdir() if folder.is_dir()))


@cache
def template(language: str, name: str) -> Template:
    """The text `prompts/LANGUAGE/NAME.txt`, without the line breaks that wrap its paragraphs."""
    if language not in languages():
        raise UserError(f"no texts in language {language!r}; there are: {', '.join(languages())}")
    raw = (PROMPTS / language / f"{name}.txt").read_text(encoding="utf-8")
    lines = [line for line in raw.splitlines() if not line.startswith("#")]
    paragraphs = "\n".join(lines).strip().split("\n\n")
    return Template("\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs))


def wording(language: str, name: str, **values: str) -> str:
    """The text NAME with its $names filled in; values are never read as templates."""
    return template(language, name).substitute(values)


@lru_cache(maxsize=1000)
def said(language: str, phrase: str) -> str:
    """What code says in few words, from `said/THE_WORDS.txt`; a phrase without a file as it is."""
    name = re.sub(r"[^a-z0-9]+", "_", phrase.lower()).strip("_")
    known = (PROMPTS / language / "said" / f"{name}.txt").is_file()
    return wording(language, f"said/{name}") if known else phrase
