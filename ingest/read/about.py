"""What a file says of itself (front matter, PDF and HTML metadata, table columns) -> About."""

import re
from collections.abc import Mapping
from datetime import date
from typing import cast

from ingest.document import KINDS, About, Kind
from ingest.read.normalise import normalise

# Each field with the names it goes by, the first one present wins.
NAMES = {
    "title": ("title", "headline", "question"),
    "publisher": ("publisher", "site", "sitename", "organisation", "organization"),
    "kind": ("kind",),
    "published": ("published", "date", "updated"),
    "url": ("url", "source_url", "link"),
    "author": ("author", "authors", "creator"),
    "interest": ("interest",),
    "language": ("language", "lang"),
}
DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?![\d/.])")
# A year and more; and figures of which nobody can say whether the day or the month comes first.
IN_WORDS = re.compile(r"(?=.*\b\d{4}\b)[\w.,/ -]{6,30}")
UNCLEAR = re.compile(r"(0?[1-9]|1[0-2])[/-](0?[1-9]|1[0-2])[/-]\d{4}")
LIKE = {
    "published": "no date; write it as 2023-04-02",
    "kind": f"no kind; they are {', '.join(KINDS)}",
    "language": "no language; write it as en or en-GB",
    "url": "no address of a page; one begins with https://",
}
ADDRESS = re.compile("https?://")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
LONGEST = 500


def about_from(fields: Mapping[str, object]) -> tuple[About, tuple[str, ...]]:
    """What `fields` say, and one plain line for each value that cannot be understood.

    Names count without case; unknown names are left alone. "source" is an address or who says it.
    """
    lowered = {str(name).lower().strip(): value for name, value in fields.items()}
    source = _plain(lowered.get("source")) or ""
    lowered.setdefault("url" if ADDRESS.match(source) else "publisher", source)
    found: dict[str, str] = {}
    refused: list[str] = []
    for field, names in NAMES.items():
        value = next((text for name in names if (text := _plain(lowered.get(name)))), None)
        if value is None:
            continue
        understood = _understood(field, value)
        if understood is None:
            refused.append(f"the {field} {value[:40]!r}, which is {LIKE[field]}")
        else:
            found[field] = understood
    kind = cast("Kind", found.pop("kind", "unknown"))
    return About(**found, kind=kind), tuple(refused)


def iso_date(value: object) -> str | None:
    """An ISO date as precise as `value` is ("2019", "2019-04", "2019-04-02"), or None.

    "3 March 2023" and "15.01.2020" are understood as well; "12/05/2024" may be either day.
    """
    if isinstance(value, date):
        return value.isoformat()[:10]
    text = str(value or "").strip()
    match = DATE.match(text)
    if not match:
        return _date_in_words(text)
    year, month, day = match.groups()
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    return "-".join(part for part in (year, month, day) if part)


def _date_in_words(text: str) -> str | None:
    if not IN_WORDS.fullmatch(text) or UNCLEAR.fullmatch(text):
        return None
    from dateparser.date import DateDataParser  # takes a second

    parser = DateDataParser(
        settings={"PARSERS": ["absolute-time"], "REQUIRE_PARTS": ["year"], "DATE_ORDER": "DMY"}
    )
    found = parser.get_date_data(text)
    precise = {"year": 4, "month": 7, "day": 10}.get(found.period, 0)
    return found.date_obj.date().isoformat()[:precise] or None if found.date_obj else None


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
        return value if ADDRESS.match(value) else None
    return value
