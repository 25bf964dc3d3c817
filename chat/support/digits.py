"""Numbers spelled out, as digits: "two thirds of people" becomes "66.67 % of people"."""

import re

SMALL = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
TENS = {
    word: 10 * value
    for value, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
}
BIG = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000}
WHOLE = {**SMALL, **TENS, "dozen": 12}
PARTS = {"half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4}
PARTS |= {"fifth": 5, "fifths": 5, "tenth": 10, "tenths": 10, "eighths": 8, "sixths": 6}
VULGAR = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3, "⅛": 0.125}
MULTIPLES = {"doubled": 2, "doubles": 2, "double": 2, "doubling": 2, "tripled": 3, "triples": 3}
MULTIPLES |= {"triple": 3, "quadrupled": 4, "twofold": 2, "threefold": 3, "fourfold": 4}
MULTIPLES |= {"fivefold": 5, "tenfold": 10}
NUMBERS = [*WHOLE, *BIG]
NAMES = "|".join(NUMBERS)
SPELLED = re.compile(rf"\b(?:an? )?(?:{NAMES})(?:(?:[ -]| and )(?:{NAMES}))*\b")
FRACTION = re.compile(
    rf"\b(?:(\d+(?:\.\d+)?|an?) ?[- ]?)?({'|'.join(PARTS)})\b(?! (?:trial|study|line|party|person"
    r"|time|day|week|month|year|hand|group|dose|to|as)\b)"
    r"( (?:of )?an?\b| of\b(?! an? (?:cup|tablet|tea|table))|-)?"
)
MEASURED = re.compile(
    r" ?-?(?:cups?|tablets?|teaspoons?|tablespoons?|hours?|years?|litres?|liters?|pills?|grams?"
    r"|kilos?|pounds?|doses?|capsules?|minutes?|days?|miles?|inch(?:es)?|pints?|weeks?|months?|decades?|kilograms?"
    r"|kilomet(?:re|er)s?)\b"
)
ONE_IN = re.compile(
    r"\b(\d+|1\.0)(?: [a-z]+)? (?:in(?: every)?|out of(?: every)?|of(?: the)?) (\d+)\b"
    r"(?! (?:minute|hour|day|week|month|year))"
)
# Ways of saying a quantity -> the plain one.
PLAINLY = {
    r"\b(?:an? |one )?fortnight\b": "2 weeks",
    r"\b(days?|nights?|times) (?:of|in|out of) (?:each|every|the) week\b": r"\1 a week",
    r"\b(under|over|below|above|beyond) the age of\b": r"\1",
    r"\b(?:and|or) (?:older|over|above|up|upwards)\b(?! the| a)": "or over",
    r"\b(?:and|or) (?:younger|under|below)\b(?! the| a)": "or under",
    r"\bdouble up\b": "take too much",
    r"\b(?:us|american) (?=cents?\b|dollars?\b)": "",
    r"\bonce (?:in|every) (?:every )?(?=\w+ (?:hour|day|week|month|year)s\b)": "every ",
    r"\bfrom (?:the )?age (?:of )?(\d+)\b(?! to)": r"aged \1 or over",
    r"(?<=\d) (?:consecutive|straight|full|whole|successive|further|additional)(?= \w)": "",
}
FOLD = re.compile(rf"\b({'|'.join([*SMALL, *TENS])}|\d+(?:\.\d+)?)[ -]?fold\b")
# "the twelfth week" and "week twelve"; the first and the second are rather told apart by name.
ORDINALS = ["third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh"]
ORDINALS += ["twelfth"]
NTH = re.compile(rf"\b(?:the )?({'|'.join(ORDINALS)}) (day|week|month|year)\b")
NUMBERED = re.compile(rf"\b(day|week|month|year) (\d+|{'|'.join(SMALL)})\b")
AND_A_HALF = re.compile(rf"\b(\d+|an?|{'|'.join(SMALL)}) ?([a-z]+)? and a half\b")
PART_AS = re.compile(
    r"\b(?:an? |one )?(half|third|quarter|fifth) as (?=many|much|often|likely|common|high|large)"
)
OF_ALL = re.compile(r"\b(of (?:all |the |these |an? )*(\d+) [a-z][a-z ]{2,40}, )(\d+)\b(?! ?%)")
AT = {"more": "at least", "fewer": "at most", "less": "at most"}
OR_MORE = re.compile(r"\b(\d+(?:\.\d+)?) or (more|fewer|less) (?=[a-z])")
AGED = re.compile(r"\b(aged|ages?) (\d+(?: to \d+)?)\b(?!-? ?(?:year|month|week|day|to|\d))")


def in_digits(text: str, *, shares: bool = False) -> str:
    """The text in lower case with every number in digits, one sign for each kind of dash.

    shares: "one in five" becomes 20 %, where it otherwise stays 1 and 5.
    """
    text = text.lower().replace("’", "'").replace("µ", "u").replace("μ", "u")
    text = re.sub(r"[‐‑–—]", "-", text.replace("−", "-")).replace("º", "°").replace("° ", "°")
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    text = re.sub(r"(?<=\d) or so\b", "", text)
    text = re.sub(r"\bfor (?:each|every) (?=square|cubic|kilo|kg|lit)", "per ", text)
    text = re.sub(r"\bsquare (centi|milli|)met(?:re|er)s?\b", r"sq\1metre", text)
    text = re.sub(r"(\d [\w ]{1,20}?)\b(?:in|per) (?:any )?24 hours\b", r"\1a day", text)
    text = re.sub(r"\b([1-9])/([2-9])\b(?!/)", lambda m: f"{int(m[1]) / int(m[2]):.6g}", text)
    text = re.sub(r"(\d*)\s*([½¼¾⅓⅔⅛])", _vulgar, text)
    text = re.sub(r"\bdegrees? (c|f)(?:elsius|ahrenheit)?\b", r"°\1", text)
    text = re.sub(r"\bvitamin (\w{1,3})\b", r"vitamin\1", text)
    text = re.sub(r"(?<=[\d%])\s*-\s*(?=[\d.])", " to ", text)
    text = re.sub(r"(?<=[a-z])-(?=[a-z])(?!to-)", " ", text)
    text = AND_A_HALF.sub(_and_a_half, text)
    text = NTH.sub(lambda m: f"{ORDINALS.index(m[1]) + 3} {m[2]}", text)
    text = NUMBERED.sub(r"\2 \1", text)
    for words, plain in PLAINLY.items():
        text = re.sub(words, plain, text)
    text = re.sub(r"\btwice (?=as |the |that |more )", "2 times ", text)
    text = re.sub(r"\b(?:halved|halves|halving)\b", "cut 50 %", text)
    text = PART_AS.sub(lambda m: f"{100 / PARTS[m[1]]:.6g} % as", text)
    text = re.sub(rf"\b({'|'.join(MULTIPLES)})\b", lambda m: f"{MULTIPLES[m[1]]} times", text)
    text = FOLD.sub(lambda m: f"{SMALL.get(m[1]) or TENS.get(m[1]) or m[1]} times", text)
    text = re.sub(r"(\d+(?:\.\d+)?) (thousand|million|billion)\b", _scaled, text)
    text = SPELLED.sub(_whole, text)
    text = FRACTION.sub(_part, text)
    text = OR_MORE.sub(lambda m: f"{AT[m[2]]} {m[1]} ", text)
    text = AGED.sub(r"\1 \2 years", text)
    return OF_ALL.sub(_of_all, ONE_IN.sub(_one_in, text)) if shares else text


def _and_a_half(match: re.Match[str]) -> str:
    """As "a month and a half" or "two and a half"."""
    whole = 1 if match[1] in {"a", "an"} else SMALL.get(match[1]) or int(match[1])
    return f"{whole}.5 {match[2]}" if match[2] else f"{whole}.5"


def _of_all(match: re.Match[str]) -> str:
    """As "of 640 patients, 412"."""
    whole, part = float(match[2]), float(match[3])
    return f"{match[1]}{100 * part / whole:.6g} %" if 0 < part <= whole else match[0]


def _vulgar(match: re.Match[str]) -> str:
    return f" {float(match[1] or 0) + VULGAR[match[2]]:.4g}"


def _scaled(match: re.Match[str]) -> str:
    return f"{float(match[1]) * BIG[match[2]]:.0f}"


def _whole(match: re.Match[str]) -> str:
    found = [word for word in re.split(r"[ -]", match[0]) if word not in {"and", "a", "an"}]
    if found == ["one"]:
        return match[0] if match[0] != "one" else "1.0"
    if "and" in match[0] and not set(found) & BIG.keys():
        return re.sub(rf"\b({'|'.join(WHOLE)})\b", lambda m: str(WHOLE[m[1]]), match[0])
    return str(_value(found))


def _value(found: list[str]) -> int:
    total = part = 0
    for word in found:
        if word in {"hundred", "dozen"}:
            part = max(1, part) * (100 if word == "hundred" else 12)
        elif word in BIG:
            total, part = total + max(1, part) * BIG[word], 0
        else:
            part += WHOLE[word]
    return total + part


def _part(match: re.Match[str]) -> str:
    many = float(match[1]) if match[1] and match[1][0].isdigit() else 1.0
    share = many / PARTS[match[2]]
    rest = match.string[match.end() :]
    if MEASURED.match(rest):
        return f"{share:.6g} "
    return f"{100 * share:.6g} %{match[3] or ''}"


def _one_in(match: re.Match[str]) -> str:
    whole = float(match[2])
    part = float(match[1])
    if not whole or part > whole or whole > 100_000 or 1900 <= whole <= 2099:
        return match[0]
    return f"{100 * part / whole:.6g} %"
