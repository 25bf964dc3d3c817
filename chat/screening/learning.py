"""Learn the second opinion from examples.

    python -m chat.screening.learning            learn, and say how well it does on other messages
    python -m chat.screening.learning --write    store what was learned as well

It learns from `prompts/LANGUAGE/screen/examples/` and from the examples of the rules, as
`tuning.py` says, in about half an hour on one core. The thresholds come from
`prompts/LANGUAGE/screen/calibration/`: messages of authors of whom it learned none.
Needs `pip install -c constraints.txt ".[learn]"`.
"""

import argparse
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chat.onnx import cannot_learn, packaged_folder
from chat.screening.encoder import LONGEST, PACKAGE, Encoder, TokenEncoder
from chat.screening.rulebook import rulebook
from chat.screening.rules import Level
from chat.screening.second_opinion import (
    Model,
    SecondOpinion,
    pieces,
    stored_at,
    tuned_at,
)
from chat.screening.textfiles import blocks
from chat.wording import PROMPTS
from ingest.errors import UserError


@dataclass(frozen=True)
class Lesson:
    """What a level is told from.

    mistaken: the share of the others that it may take for it; missed: the share of its own that it
    may be sure to be none.
    """

    apart_from: frozenset[str]
    mistaken: float
    missed: float = 0.005


LESSONS: dict[Level, Lesson] = {
    "crisis": Lesson(
        frozenset({"emergency", "soon", "personal_advice", "general", "harmless"}), 0.015, 0.05
    ),
    "emergency": Lesson(frozenset({"soon", "personal_advice", "general", "harmless"}), 0.03),
    "soon": Lesson(frozenset({"personal_advice", "general", "harmless"}), 0.01),
    "personal_advice": Lesson(frozenset({"general", "harmless", "soon"}), 0.015),
}


def examples(language: str) -> dict[str, str]:
    """Message -> its label, from the example files and the rules; the files go before."""
    found = _told(language, "examples")
    for rule in rulebook(language).rules:
        rest = "general" if rule.level == "personal_advice" else "harmless"
        for label, told in ((str(rule.level), rule.fires), (rest, rule.quiet)):
            for line in told:
                found.setdefault(line, label)
    return found


def _told(language: str, folder: str) -> dict[str, str]:
    """Message -> its label, from the files of a folder of the screen."""
    found: dict[str, str] = {}
    for path in sorted((PROMPTS / language / "screen" / folder).glob("*.txt")):
        for name, lines in blocks(path):
            found.update(dict.fromkeys(lines, name))
    return found


def digest(language: str) -> str:
    """A short hash of all examples with their labels, those of the thresholds included."""
    told = json.dumps([examples(language), _told(language, "calibration")], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def learn(language: str, tuned: Path) -> SecondOpinion:
    """The second opinion of a language; the encoder's upper layers go to the file `tuned`."""
    folder = packaged_folder(PACKAGE)
    if folder is None:
        raise UserError("the second opinion's weights are missing: run `make setup`")
    try:
        from chat.screening.tuning import taught
        from chat.upper_layers import Lower
    except ImportError as error:
        raise cannot_learn(error) from error
    told = [(piece, label) for text, label in examples(language).items() for piece in pieces(text)]
    texts, labels = zip(*told, strict=True)
    lower = Lower(folder, LONGEST)
    apart = {str(level): lesson.apart_from for level, lesson in LESSONS.items()}
    network = taught(lower, texts, labels, apart)
    np.savez_compressed(tuned, **lower.stored(network.layers))  # type: ignore[arg-type]
    models = {
        level: Model(0.0, 0.0, round(bias, 4), _rounded(vector), _rows(looks), _rows(says))
        for level, (vector, looks, says, bias) in zip(LESSONS, network.readouts(), strict=True)
    }
    encoder = TokenEncoder(folder, tuned)
    return _calibrated(SecondOpinion(digest(language), encoder.name, models), encoder, language)


def _calibrated(opinion: SecondOpinion, encoder: Encoder, language: str) -> SecondOpinion:
    """The same with the thresholds that the messages of the calibration give; says how it does."""
    told = _told(language, "calibration")
    scores = [opinion.scores(text, encoder) for text in told]
    labels = np.array(list(told.values()))
    models: dict[Level, Model] = {}
    for level, lesson in LESSONS.items():
        own = np.array([one[level] for one in scores])
        wanted, others = own[labels == level], own[np.isin(labels, sorted(lesson.apart_from))]
        threshold = round(float(np.quantile(others, 1 - lesson.mistaken)), 3)
        doubts = min(threshold, round(float(np.quantile(wanted, lesson.missed)), 3))
        models[level] = replace(opinion.models[level], threshold=threshold, doubts=doubts)
        found, sent = (wanted >= threshold).mean(), (others >= threshold).mean()
        print(
            f"{level:16} found {found:.3f} of {len(wanted)}, others {sent:.3f} of {len(others)};"
            f" threshold {threshold}, sure that it is none below {doubts}"
        )
    return SecondOpinion(opinion.learned_from, opinion.encoder, models)


def _rounded(numbers: Iterable[np.float32]) -> list[float]:
    return [round(float(number), 4) for number in numbers]


def _rows(numbers: NDArray[np.float32]) -> list[list[float]]:
    return [_rounded(row) for row in numbers]


def main(argv: list[str] | None = None) -> None:
    """Learn, print how it does; with --write store it."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n")[0])
    parser.add_argument("--language", default="en")
    parser.add_argument("--write", action="store_true", help="store what was learned")
    given = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as place:
        tuned = Path(place, "tuned.npz")
        told = json.dumps(asdict(learn(given.language, tuned))) + "\n"
        if given.write:
            shutil.copyfile(tuned, tuned_at(given.language))
            stored_at(given.language).write_text(told, encoding="utf-8")


if __name__ == "__main__":
    main()
