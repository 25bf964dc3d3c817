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
# ISO 3166-1 alpha-2
COUNTRIES = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS
    BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE
    EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM
    HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC
    LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA
    NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
    SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO
    TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
    """.split()
)


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
    return Settings(
        language=environ.get("CAVEAT_LANGUAGE") or "en",
        country=country_code(environ.get("CAVEAT_COUNTRY") or "", "CAVEAT_COUNTRY"),
        model=environ.get("CAVEAT_MODEL") or None,
        reranker=environ.get("CAVEAT_RERANKER") or None,
        entailment=environ.get("CAVEAT_ENTAILMENT") or None,
    )


def country_code(given: str, where: str) -> str | None:
    """The code in upper case, None for ""; UserError if it is no country's.

    where: the option or variable that gave it.
    """
    code = given.strip().upper()
    if code and code not in COUNTRIES:
        allowed = "the two letters of a country in ISO 3166, such as US, DE or GB (not UK)"
        raise UserError(f"{where} is {given!r}: give {allowed}")
    return code or None


def library_name(environ: Mapping[str, str] = os.environ) -> str:
    """The library to answer from where a command names none."""
    return environ.get("CAVEAT_NAME") or DEFAULT_NAME
