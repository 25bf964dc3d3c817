"""What a file says of itself (front matter, PDF and HTML metadata, table columns) -> About."""

import re
from collections.abc import Mapping
from datetime import date
from typing import cast

from ingest.document import KINDS, About, Kind
from ingest.read.normalise import normalise

# Each field with the names it goes by, the first one present wins.
NAMES = {
    "title": ("title",),
    "publisher": ("publisher", "site", "sitename"),
    "kind": ("kind",),
    "published": ("published", "date", "updated"),
    "url": ("url", "source_url", "link"),
    "author": ("author", "authors", "creator"),
    "interest": ("interest",),
    "language": ("language", "lang"),
}
DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?!\d)")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
LONGEST = 500


def about_from(fields: Mapping[str, object]) -> tuple[About, tuple[str, ...]]:
    """What `fields` say, and one plain line for each value that cannot be understood.

    Names count without case; unknown names are left alone.
    """
    lowered = {str(name).lower().strip(): value for name, value in fields.items()}
    found: dict[str, str] = {}
    refused: list[str] = []
    for field, names in NAMES.items():
        value = next((text for name in names if (text := _plain(lowered.get(name)))), None)
        if value is None:
            continue
        understood = _understood(field, value)
        if understood is None:
            refused.append(f"the {field} {value[:40]!r}, which is no {field}")
        else:
            found[field] = understood
    kind = cast("Kind", found.pop("kind", "unknown"))
    return About(**found, kind=kind), tuple(refused)


def iso_date(value: object) -> str | None:
    """An ISO date as precise as `value` is ("2019", "2019-04", "2019-04-02"), or None."""
    if isinstance(value, date):
        return value.isoformat()[:10]
    match = DATE.match(str(value or "").strip())
    if not match:
        return None
    year, month, day = match.groups()
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    return "-".join(part for part in (year, month, day) if part)


def language_tag(value: object) -> str | None:
    """A BCP 47 tag ("en", "en-GB"), or None where `value` is none."""
    tag = str(value or "").strip().replace("_", "-")
    return tag if LANGUAGE.fullmatch(tag) and tag.lower() not in {"und", "zxx"} else None


def _plain(value: object) -> str | None:
    """A value as one line of text; lists are joined, everything nested is ignored."""
    if isinstance(value, (list, tuple)):
        value = ", ".join(filter(None, (_plain(each) for each in value[:20])))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return " ".join(normalise(str(value))[0].split())[:LONGEST] or None
    return None


def _understood(field: str, value: str) -> str | None:
    if field == "kind":
        return value.lower() if value.lower() in KINDS else None
    if field == "published":
        return iso_date(value)
    if field == "language":
        return language_tag(value)
    if field == "url":
        return value if value.startswith(("http://", "https://")) else None
    return value
