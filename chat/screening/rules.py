"""Rules that a clinician can read: which concepts together mean which level.

[name of the rule]
level: emergency
needs: {chest} + {pressure} / {tight}      + is and, / is or; another needs line is another way
within: 12                                 words between them; `message` for anywhere
unless: {ordinary reason}                  none of these anywhere in the message
counts: asked                              holds although supposed, general or past
if doubted: emergency                      level where the second opinion is sure that the rule's is
                                           not there; without this line an emergency is lowered to
                                           soon and a crisis to support
fires: My chest feels tight and heavy.     examples, run by the tests
quiet: What is a tight chest?
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from chat.screening.concepts import Mention, Places
from chat.screening.textfiles import blocks
from ingest.errors import UserError

# support: no more than whom to call, beside an answer, for words that sound like a crisis.
Level = Literal["crisis", "emergency", "soon", "support", "personal_advice"]
LEVELS: tuple[Level, ...] = get_args(Level)  # gravest first
IF_DOUBTED: dict[Level, Level] = {"emergency": "soon", "crisis": "support"}
KEYS = {"level", "needs", "within", "unless", "beside", "counts", "if doubted", "fires", "quiet"}
NEAR, AROUND, BESIDE, ANYWHERE = 20, 30, 6, 100_000
Item = tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """One rule.

    needs: ways to fire; each is a list of items, each item concepts of which one will do.
    """

    name: str
    level: Level
    needs: tuple[tuple[Item, ...], ...]
    within: int = NEAR
    unless: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    asked: bool = False
    if_doubted: Level = "soon"
    fires: tuple[str, ...] = ()
    quiet: tuple[str, ...] = ()

    @property
    def concepts(self) -> set[str]:
        needed = {name for way in self.needs for item in way for name in item}
        return needed | {*self.unless, *self.beside}

    def evidence(self, places: Places, all_places: Places) -> tuple[Mention, ...]:
        """The mentions that fire the rule, or none. `places` holds what is true of somebody now."""
        counted = all_places if self.asked else places
        return next(
            (found for way in self.needs if (found := self._way(way, counted, all_places))), ()
        )

    def _way(
        self, way: tuple[Item, ...], places: Places, all_places: Places
    ) -> tuple[Mention, ...]:
        first, *others = way
        for mention in places.of(first):
            near = [places.near(item, mention, self.within) for item in others]
            found = (mention, *(one for one in near if one))
            if all(near) and not any(self._excused(one, all_places) for one in found):
                return found
        return ()

    def _excused(self, mention: Mention, places: Places) -> bool:
        """Whether an ordinary reason stands near the mention."""
        around = places.near(self.unless, mention, AROUND, overlap=True)
        return bool(around or places.near(self.beside, mention, BESIDE, overlap=True))


def _item(text: str, where: str) -> Item:
    names = tuple(part.strip() for part in text.split("/"))
    if not all(name.startswith("{") and name.endswith("}") for name in names):
        raise UserError(f"{where}: {text.strip()!r}: write concepts as {{name}}, with + and /")
    return tuple(name[1:-1].strip() for name in names)


def _level(values: Iterable[str]) -> Level | None:
    return next((one for one in LEVELS if one in values), None)


def _rule(name: str, lines: Iterable[str]) -> Rule:
    given: dict[str, list[str]] = {key: [] for key in KEYS}
    for line in lines:
        key, colon, value = line.partition(":")
        if not colon or key not in KEYS:
            raise UserError(
                f"rule [{name}]: {line!r}: a line begins with {', '.join(sorted(KEYS))}"
            )
        given[key].append(value.strip())
    level = _level(given["level"])
    if level is None or not given["needs"]:
        raise UserError(f"rule [{name}] needs a line needs: and a level: {', '.join(LEVELS)}")
    within = given["within"][0] if given["within"] else str(NEAR)
    ways = [tuple(_item(item, name) for item in way.split("+")) for way in given["needs"]]
    return Rule(
        name,
        level,
        tuple(ways),
        ANYWHERE if within == "message" else int(within),
        tuple(one for line in given["unless"] for one in _item(line, name)),
        tuple(one for line in given["beside"] for one in _item(line, name)),
        "asked" in given["counts"],
        _level(given["if doubted"]) or IF_DOUBTED.get(level, level),
        tuple(given["fires"]),
        tuple(given["quiet"]),
    )


def load_rules(folder: Path) -> Iterator[Rule]:
    """The rules of all files of the folder, by file name."""
    for path in sorted(folder.glob("*.txt")):
        for name, lines in blocks(path):
            yield _rule(name, lines)
