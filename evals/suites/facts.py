"""Suites 3 and 4: invented facts are found and cited; a changed figure changes the answer."""

import re
from dataclasses import replace

from chat.answer import Answer
from evals.checks import body, holds, refused
from evals.generate.facts import asked_of, changed_number, in_own_words, invented, sentences_of
from evals.generate.material import MEASURE, Plant, dice, material, planted
from evals.suites.answers import fact_score
from evals.trial import SCREENED, File, Round, Score, Store, Subject, Trial

NONCE = 150
MUTATED = 165  # 149 without a stale answer bound their share at 2 %; the screen takes some
VALUES = 6  # new values at most for each figure


def nonce_rounds(subject: Subject) -> list[Round]:
    """Each fact stands in one paragraph of a scratch copy."""
    files, draw = material(subject, "nonce"), dice(subject, "nonce")
    wanted = subject.sample or NONCE
    own = in_own_words(files, wanted // 3, draw)
    facts = [*own, *invented(files, wanted - len(own), draw)]
    trials = tuple(
        Trial(
            f"nonce-{number:03}",
            fact.question,
            ("answered_and_cited",),
            fact_score("answered_and_cited", fact.answer, files[fact.file].path),
            why=fact.statement,
            group=files[fact.file].path,
            expected=(fact.answer,),
            aside=SCREENED,
        )
        for number, fact in enumerate(facts)
    )
    plants = [Plant(fact.file, fact.statement) for fact in facts]
    return [Round(trials, planted(files, plants, draw))] if trials else []


def mutation_rounds(subject: Subject) -> list[Round]:
    """Each figure gets a new value in all the text at once; rounds differ in the new values.

    A corpus with few figures of its own gets invented ones planted first, which then change.
    """
    files, draw = material(subject, "mutation"), dice(subject, "mutation")
    wanted = subject.sample or MUTATED
    files = _with_figures(files, subject, wanted // VALUES + 1)
    figures = _figures(files)
    taken = {match[1] for file in files for match in MEASURE.finditer(file.text)}
    made: list[Round] = []
    for turn in range(-(-wanted // max(1, len(figures)))):
        left = wanted - sum(len(each.trials) for each in made)
        chosen = figures[:left]
        keys = dict.fromkeys(figure[:2] for figure in chosen)  # in order: a set's is another's
        new = {key: changed_number(key[0], draw, taken) for key in keys}
        trials = tuple(_trial(turn, place, figure, new) for place, figure in enumerate(chosen))
        made.append(Round(trials, tuple(_changed(file, new) for file in files)))
    return made if figures else []


def _with_figures(files: list[File], subject: Subject, least: int) -> list[File]:
    lacking = least - len(_figures(files))
    if lacking <= 0 or not files:
        return files
    draw = dice(subject, "mutation/planted")
    facts = [fact for fact in invented(files, 2 * lacking, draw) if fact.answer[0].isdigit()]
    return list(planted(files, [Plant(f.file, f.statement) for f in facts[:lacking]], draw))


Figure = tuple[str, str, str, str]  # number, the word after it, question, path


def _figures(files: list[File]) -> list[Figure]:
    """One for each number with its unit that a question can be made for."""
    found: dict[tuple[str, str], Figure] = {}
    for file in files:
        for sentence in sentences_of(file):
            question, answer = asked_of(sentence)
            if question and len(MEASURE.findall(sentence)) == 1:
                number, _, unit = answer.partition(" ")
                found.setdefault((number, unit), (number, unit, question, file.path))
    return [found[key] for key in sorted(found)]


def _trial(turn: int, place: int, figure: Figure, new: dict[tuple[str, str], str]) -> Trial:
    number, unit, question, path = figure
    old, fresh = f"{number} {unit}", f"{new[number, unit]} {unit}"

    def score(answer: Answer, _: Store) -> Score:
        follows, stale = holds(body(answer), fresh), holds(body(answer), old)
        reason = f"still says {old!r}, the text says {fresh!r} now" if stale else ""
        if not stale and not follows:
            reason = (
                f"refused, though the text says {fresh!r}"
                if refused(answer)
                else (f"lacks {fresh!r}")
            )
        return Score({"follows": follows, "not_stale": not stale}, reason)

    return Trial(
        f"mutation-{turn}-{place:03}",
        question,
        ("follows", "not_stale"),
        score,
        why=f"{old} became {fresh} wherever it stands",
        group=f"{path}: {old}",
        expected=(fresh,),
        aside=SCREENED,
    )


def _changed(file: File, new: dict[tuple[str, str], str]) -> File:
    def value(match: re.Match[str]) -> str:
        return f"{new.get((match[1], match[2]), match[1])} {match[2]}"

    return replace(file, text=MEASURE.sub(value, file.text))
