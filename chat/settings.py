"""How the chat answers: one frozen object, read from the environment in this place only.

CAVEAT_NAME              the library to answer from (magnesium)
CAVEAT_LANGUAGE          a folder of prompts/ (en)
CAVEAT_COUNTRY           two letters, for emergency numbers; unset: general wording
CAVEAT_MODEL             provider:model of a chat model; unset: sentences are quoted
CAVEAT_RERANKER          a folder with a cross-encoder; unset: the packaged one
CAVEAT_ENTAILMENT        a model that has the last word over a chat model's statements; unset: none
"""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from ingest.errors import UserError
from ingest.identity import settings_hash

DEFAULT_NAME = "magnesium"


@dataclass(frozen=True)
class Settings:
    """What shapes an Answer besides the release. country: ISO 3166 code in upper case.

    follow_ups: whether an Answer suggests questions to go on with, each of which is tried first.
    """

    language: str = "en"
    country: str | None = None
    model: str | None = None
    reranker: str | None = None
    entailment: str | None = None
    follow_ups: bool = False

    @property
    def hash(self) -> str:
        """A short hash; the same settings and release give the same Answer."""
        return settings_hash({name: str(value) for name, value in asdict(self).items()})


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings that the environment names; UserError for a country that is no code."""
    country = environ.get("CAVEAT_COUNTRY") or None
    if country and not (len(country) == 2 and country.isalpha()):
        raise UserError(f"CAVEAT_COUNTRY is {country!r}: give two letters, such as GB or DE")
    return Settings(
        language=environ.get("CAVEAT_LANGUAGE") or "en",
        country=country.upper() if country else None,
        model=environ.get("CAVEAT_MODEL") or None,
        reranker=environ.get("CAVEAT_RERANKER") or None,
        entailment=environ.get("CAVEAT_ENTAILMENT") or None,
    )


def library_name(environ: Mapping[str, str] = os.environ) -> str:
    """The library to answer from where a command names none."""
    return environ.get("CAVEAT_NAME") or DEFAULT_NAME
