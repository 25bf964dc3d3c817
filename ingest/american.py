"""One spelling for what British and American writers spell, or name, differently.

Rules for endings and for the Greek roots of medicine, and a few names of medicines. They are there
to compare and to find; nothing that is shown is ever spelled anew.
"""

import re
from functools import lru_cache

VERSION = 1  # of these rules: an index of words is made anew where they changed

WORD = re.compile(r"[^\W\d_]+")
# British name of a medicine or a substance -> the American one.
NAMES = {
    "aciclovir": "acyclovir",
    "adrenaline": "epinephrine",
    "aluminium": "aluminum",
    "amoxycillin": "amoxicillin",
    "beclometasone": "beclomethasone",
    "cefalexin": "cephalexin",
    "ciclosporin": "cyclosporine",
    "frusemide": "furosemide",
    "glibenclamide": "glyburide",
    "lignocaine": "lidocaine",
    "noradrenaline": "norepinephrine",
    "paracetamol": "acetaminophen",
    "pethidine": "meperidine",
    "rifampicin": "rifampin",
    "salbutamol": "albuterol",
}
# Roots of medical words, then whole words with the endings that they take.
SPELLINGS = {
    "aem(?![bp])": "em",  # anaemia, haemorrhage, ischaemia
    "aesthe": "esthe",
    "aetiolog": "etiolog",
    "amoeb": "ameb",
    "caec": "cec",
    "caesar": "cesar",
    "coeliac": "celiac",
    "faec": "fec",
    "foet": "fet",
    "gynaec": "gynec",
    "homoeo": "homeo",
    "leuco": "leuko",
    "manoeuv": "maneuv",
    "(?<![aeiu])oedem": "edem",
    "(?:^|(?<=o))oesoph": "esoph",
    "(?:^|(?<=o))oestr": "estr",
    "paed": "ped",
    "palaeo": "paleo",
    "pnoea": "pnea",
    "rrhoea": "rrhea",
    "sulph": "sulf",
    r"(arm|behavi|col|endeav|fav|flav|harb|hon|hum|lab|neighb|od|rig|rum|sav|splend|tum|val|vap"
    r"|vig)our": r"\1or",
    r"(cen|goi|li|me|spec|thea|ti)tre(s?)$": r"\1ter\2",
    r"(cali|fi|sa|som)bre(s?)$": r"\1ber\2",
    r"(gram)me(s?)$": r"\1\2",
    r"(ana|cata|dia|electro|hydro|para)lys(ed?|ing|ers?)$": r"\1lyz\2",
    r"(cancel|channel|counsel|dial|fuel|label|level|marvel|model|signal|total|travel|tunnel)l"
    r"(ed|ing|ers?|ors?)$": r"\1\2",
    r"^(de|of)fence": r"\1fense",
    r"^licence": "license",
    r"^practis": "practic",
    r"^ageing$": "aging",
    r"^grey": "gray",
    r"^judgement": "judgment",
    r"^mould": "mold",
    r"^sceptic": "skeptic",
    r"^yogh?ourt|^yoghurt": "yogurt",
    r"^(enrol|fulfil)(s|ments?|)$": r"\1l\2",
}
RULES = [(re.compile(pattern), new) for pattern, new in SPELLINGS.items()]
ISE = re.compile(r"is(e|ed|es|er|ers|ing|ation|ations|ational|able)$")
# What comes before "ise" in words that nobody spells with a z.
NOT_IZE = re.compile(
    r"(?:[aouvw]|pr|^.{0,3}|exerc|(?:pre|con|^in|^ex|circum)c|prom|prem|dem|surm|desp|advert|chast"
    r"|expert|treat|merchand|parad|franch|sunr)$"
)


@lru_cache(maxsize=100_000)
def american(word: str) -> str:
    """A word in lower case as American writers spell it; any other word as it is."""
    word = NAMES.get(word, word)
    for pattern, new in RULES:
        word = pattern.sub(new, word)
    ending = ISE.search(word)
    if ending and not NOT_IZE.search(word[: ending.start()]):
        word = f"{word[: ending.start()]}iz{ending[1]}"
    return word


def in_american(text: str) -> str:
    """A text in lower case, each of its words as American writers spell it."""
    return WORD.sub(lambda match: american(match[0]), text.lower())
