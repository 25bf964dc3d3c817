"""SOURCES.toml beside the documents: what is known of each, where the file itself does not say.

["leaflet.md"]
title = "Back pain: what helps"
publisher = "A hospital"
kind = "institution"        # seller, institution, research, personal or unknown
published = "2024-05"
url = "https://..."
interest = "none"
"""

import tomllib
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path

from ingest.document import About
from ingest.errors import UserError
from ingest.read.about import about_from

NAME = "SOURCES.toml"


def read_sidecar(folder: Path) -> dict[str, About]:
    """What SOURCES.toml says, by path inside the folder; empty where there is none.

    A value that cannot be understood is an error: a wrong kind or date would be shown to people.
    """
    path = folder / NAME
    if not path.exists():
        return {}
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path} is not valid TOML: {error}") from error
    said = {name: _about(path, name, table) for name, table in tables.items()}
    if faults := [f"for {name!r} {fault}" for name, (_, told) in said.items() for fault in told]:
        raise UserError(f"{path}: {'; '.join(faults)}")
    return {name: about for name, (about, _) in said.items()}


def merged(said: About, known: About) -> About:
    """`known` (the sidecar) where it says something, otherwise what the file says of itself."""
    stated = {field.name: getattr(known, field.name) for field in fields(About)}
    return replace(
        said, **{name: value for name, value in stated.items() if value not in (None, "unknown")}
    )


def _about(path: Path, name: str, table: object) -> tuple[About, tuple[str, ...]]:
    if not isinstance(table, Mapping):
        raise UserError(f'{path}: {name!r} must be a table: ["{name}"]')
    return about_from(table)
