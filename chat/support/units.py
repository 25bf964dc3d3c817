"""Units, rhythms and limits by their names, and what each of them measures."""

from typing import Literal

Limit = Literal["upper", "lower", "any"]  # any: "over six months" may be either
# Unit -> (what it measures, how many of that it is).
UNITS: dict[str, tuple[str, float]] = {
    **dict.fromkeys(["kg", "kilo", "kilos", "kilogram", "kilograms", "kilogramme"], ("mg", 1e6)),
    **dict.fromkeys(["g", "gram", "grams", "gramme", "grammes", "gm"], ("mg", 1e3)),
    **dict.fromkeys(["mg", "mgs", "milligram", "milligrams", "milligramme"], ("mg", 1.0)),
    **dict.fromkeys(["mcg", "ug", "microgram", "micrograms", "microgramme"], ("mg", 1e-3)),
    **dict.fromkeys(["ng", "nanogram", "nanograms"], ("mg", 1e-6)),
    **dict.fromkeys(["lb", "lbs", "pound", "pounds"], ("mg", 453592.0)),
    **dict.fromkeys(["oz", "ounce", "ounces"], ("mg", 28349.5)),
    **dict.fromkeys(["l", "litre", "litres", "liter", "liters"], ("ml", 1e3)),
    **dict.fromkeys(["dl", "decilitre", "deciliter"], ("ml", 1e2)),
    **dict.fromkeys(["ml", "millilitre", "millilitres", "milliliter", "milliliters"], ("ml", 1.0)),
    **dict.fromkeys(["cup", "cups"], ("cup", 1.0)),
    **dict.fromkeys(["tablespoon", "tablespoons", "tbsp"], ("tablespoon", 1.0)),
    **dict.fromkeys(["teaspoon", "teaspoons", "tsp"], ("teaspoon", 1.0)),
    **dict.fromkeys(["mol", "mole", "moles"], ("mmol", 1e3)),
    **dict.fromkeys(["mmol", "millimole", "millimoles", "mmols"], ("mmol", 1.0)),
    **dict.fromkeys(["umol", "micromole", "micromoles"], ("mmol", 1e-3)),
    **dict.fromkeys(["meq"], ("meq", 1.0)),
    **dict.fromkeys(["iu", "ius"], ("iu", 1.0)),
    **dict.fromkeys(["unit", "units"], ("unit", 1.0)),
    **dict.fromkeys(["kcal", "kcals", "calorie", "calories", "kilocalories"], ("kcal", 1.0)),
    **dict.fromkeys(["kj", "kilojoule", "kilojoules"], ("kcal", 0.239)),
    **dict.fromkeys(["mmhg"], ("mmhg", 1.0)),
    **dict.fromkeys(["km", "kilometre", "kilometres", "kilometer", "kilometers"], ("m", 1e3)),
    **dict.fromkeys(["m", "metre", "metres", "meter", "meters"], ("m", 1.0)),
    **dict.fromkeys(["cm", "centimetre", "centimetres", "centimeter", "centimeters"], ("m", 1e-2)),
    **dict.fromkeys(["mm", "millimetre", "millimetres", "millimeter", "millimeters"], ("m", 1e-3)),
    **dict.fromkeys(["sqmetre", "m2", "m²"], ("m2", 1.0)),
    **dict.fromkeys(["sqcentimetre", "cm2", "cm²"], ("m2", 1e-4)),
    **dict.fromkeys(["sqmillimetre", "mm2", "mm²"], ("m2", 1e-6)),
    **dict.fromkeys(["inch", "inches"], ("m", 0.0254)),
    **dict.fromkeys(["foot", "feet", "ft"], ("m", 0.3048)),
    **dict.fromkeys(["mile", "miles"], ("m", 1609.34)),
    **dict.fromkeys(["°c", "celsius", "centigrade", "degree", "degrees"], ("°c", 1.0)),
    **dict.fromkeys(["°f", "fahrenheit"], ("°f", 1.0)),
    **dict.fromkeys(["%", "percent", "per cent", "pct"], ("%", 1.0)),
    **dict.fromkeys(["times", "fold", "x", "×"], ("times", 1.0)),
    **dict.fromkeys(["dollar", "dollars", "usd", "$"], ("$", 1.0)),
    **dict.fromkeys(["cent", "cents"], ("$", 0.01)),
    **dict.fromkeys(["euro", "euros", "eur", "€"], ("€", 1.0)),
    **dict.fromkeys(["£", "gbp"], ("£", 1.0)),
    **dict.fromkeys(["second", "seconds", "sec", "secs"], ("day", 1 / 86400)),
    **dict.fromkeys(["minute", "minutes", "min", "mins"], ("day", 1 / 1440)),
    **dict.fromkeys(["hour", "hours", "hr", "hrs", "h"], ("day", 1 / 24)),
    **dict.fromkeys(["day", "days", "night", "nights"], ("day", 1.0)),
    **dict.fromkeys(["week", "weeks", "wk", "wks"], ("day", 7.0)),
    **dict.fromkeys(["fortnight", "fortnights"], ("day", 14.0)),
    **dict.fromkeys(["month", "months", "mo"], ("month", 1.0)),
    **dict.fromkeys(["year", "years", "yr", "yrs"], ("month", 12.0)),
    **dict.fromkeys(["decade", "decades"], ("month", 120.0)),
}
# How often something happens in a day.
OFTEN = {
    **dict.fromkeys(["hourly"], 24.0),
    **dict.fromkeys(["daily", "nightly"], 1.0),
    **dict.fromkeys(["weekly"], 1 / 7),
    **dict.fromkeys(["fortnightly"], 1 / 14),
    **dict.fromkeys(["monthly"], 12 / 365.25),
    **dict.fromkeys(["yearly", "annually", "annual"], 1 / 365.25),
}
PERIODS = {"day": 1.0, "month": 365.25 / 12}  # days in what a time unit measures
LIMITS: dict[str, Limit] = {
    **dict.fromkeys(
        ["up to", "at most", "no more than", "not more than", "less than", "fewer than", "under",
         "below", "maximum of", "not exceed", "never exceed", "<", "≤", "not over", "as much as",
         "no higher than", "no longer than", "not longer than", "no later than", "as many as",
         "lower than", "younger than", "smaller than",
         "shorter than", "or less",
         "or fewer", "at the most", "or below", "or under", "not above", "maximum", "max"],
        "upper",
    ),
    **dict.fromkeys(
        ["at least", "no less than", "no fewer than", "not less than", "more than", "over", "above",
         "minimum of", "exceeding", "exceeds", "exceed", "exceeded", ">", "≥", "greater than",
         "higher than", "longer than", "later than", "beyond", "upwards of", "or more",
         "or longer", "or higher",
         "or over", "or above", "older than", "larger than", "a minimum of", "minimum", "min"],
        "lower",
    ),
}  # fmt: skip
IMPLIED: dict[str, Limit] = {
    **dict.fromkeys(
        ["upper", "limit", "limits", "limited", "ceiling", "cap", "most", "within"], "upper"
    ),
    **dict.fromkeys(["least", "lowest"], "lower"),
}
