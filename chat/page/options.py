"""How the page is served: one frozen object, read from the environment in this place only.

CAVEAT_SHARE_LINKS   1: an answer has a link that asks its question again
CAVEAT_FEEDBACK      a file to which visitors' thumbs are appended, one JSON object a line; unset:
                     the page has no thumbs and nothing is stored
CAVEAT_RATE          questions a minute from one address (30); this machine itself is not counted
CAVEAT_WAITING       questions that may wait for their turn (200)
CAVEAT_AT_ONCE       questions answered at the same time (2); more only pays with a chat model
CAVEAT_HOSTS         names, separated by commas, under which a proxy serves the page
CAVEAT_OPERATOR_PASSWORD   lets the operator in at /operator; unset: nothing of that exists
CAVEAT_OPERATOR_FOLDERS    folders of this machine, separated by colons, that the operator may name
                     besides `corpus/` and the one the library was made from
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from chat.page.operator.files import allowed_folders
from chat.page.operator.session import Password
from ingest.errors import UserError

# What would open the page to others, or let gradio call out, watch or change files.
DANGEROUS = (
    "GRADIO_SHARE",
    "GRADIO_SHARE_SERVER_ADDRESS",
    "GRADIO_MCP_SERVER",
    "GRADIO_VIBE_MODE",
    "GRADIO_ALLOWED_PATHS",
    "GRADIO_DEBUG",
    "GRADIO_HOT_RELOAD",
    "GRADIO_WATCH_DIRS",
    "GRADIO_RUN_HISTORY",
    "GRADIO_HISTORY_BUCKET",
    "GRADIO_LOCAL_DEV_MODE",
)
PASSWORD = "CAVEAT_OPERATOR_PASSWORD"  # noqa: S105 - the name of the variable
SHORTEST = 12  # characters of the operator's password
OFF = ("", "false", "0", "no", "off")


@dataclass(frozen=True)
class Options:
    """What the operator chose; see the module."""

    share_links: bool = False
    feedback: Path | None = None
    rate: int = 30
    waiting: int = 200
    at_once: int = 2
    hosts: tuple[str, ...] = ()
    operator: Password | None = None
    folders: tuple[Path, ...] = allowed_folders({})


def read_options(environ: Mapping[str, str] = os.environ) -> Options:
    """The options that the environment names; UserError where one is dangerous or no number."""
    for variable in DANGEROUS:
        if environ.get(variable, "").lower() not in OFF:
            raise UserError(f"{variable} is set, which would open the page to others: unset it")
    feedback = environ.get("CAVEAT_FEEDBACK")
    return Options(
        share_links=environ.get("CAVEAT_SHARE_LINKS", "").lower() not in OFF,
        feedback=Path(feedback) if feedback else None,
        rate=_number(environ, "CAVEAT_RATE", Options.rate),
        waiting=_number(environ, "CAVEAT_WAITING", Options.waiting),
        at_once=_number(environ, "CAVEAT_AT_ONCE", Options.at_once),
        hosts=tuple(name.strip() for name in environ.get("CAVEAT_HOSTS", "").split(",") if name),
        operator=_password(environ),
        folders=allowed_folders(environ),
    )


def _number(environ: Mapping[str, str], name: str, default: int) -> int:
    raw = environ.get(name) or str(default)
    if not raw.isdecimal() or int(raw) == 0:
        raise UserError(f"{name} is {raw!r}: give a whole number above 0")
    return int(raw)


def _password(environ: Mapping[str, str]) -> Password | None:
    text = environ.get(PASSWORD)
    if not text:
        return None
    if len(text) < SHORTEST:
        raise UserError(f"{PASSWORD} is too short: give at least {SHORTEST} characters")
    return Password.of(text)
