"""Each way to cheat fails the suite made to catch it, and an honest target passes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from evals.desk import Desks, Seat
from evals.gates import Gate, gates_of, load_aims
from evals.run import RowFile, run_suites
from evals.statistics import clopper_pearson
from evals.suites import chosen
from evals.trial import Row, Subject
from ingest.library import Library
from tests import cheats
from tests.fakes import WordEmbedder

SAMPLE = 24  # trials of a suite: enough to tell a cheat from chance
SUBJECTS = ("harbour", "orchard", "library", "railway")
CORPUS = {
    f"{name}.md": f"# The {name}\n\n"
    + "\n\n".join(
        f"The {name} of {town} was opened for {season} visitors by the {people} long ago."
        f" It is kept by {keepers} who repair its {part} before every {season} festival."
        f" Its {part} needed {number} {unit} to be finished."
        for town, season, people, keepers, part, number, unit in (
            ("Ostrava", "winter", "mayor", "volunteers", f"{name} gates", 31 + place, "months"),
            ("Trieste", "summer", "fishermen", "students", f"{name} walls", 57 + place, "weeks"),
            ("Bergen", "autumn", "merchants", "pensioners", f"{name} clocks", 73 + place, "days"),
        )
    )
    + "\n"
    for place, name in enumerate(SUBJECTS)
}


@pytest.fixture
def library(make: Callable[..., Library]) -> Library:
    return make(CORPUS)


@pytest.fixture
def evaluate(library: Library, tmp_path: Path) -> Callable[..., dict[str, Gate]]:
    """Gates by name of one suite asked of one target."""

    def run(suite: str, seat: Seat) -> dict[str, Gate]:
        rows = rows_of(suite, seat, library, tmp_path)
        return {gate.measure: gate for gate in gates_of(rows, load_aims())}

    return run


def rows_of(suite: str, seat: Seat, library: Library, folder: Path, seed: int = 1) -> list[Row]:
    desks = Desks(library, WordEmbedder(), seat)
    subject = Subject("test", desks.release, seed, sample=None if suite == "scorer" else SAMPLE)
    file = RowFile(folder / "rows.jsonl", resume=False)
    return run_suites(chosen([suite]), subject, desks.open, file)


@pytest.mark.parametrize(
    ("suite", "cheat", "measure"),
    [
        ("nonce", cheats.RandomCiter, "answered_and_cited"),
        ("abstention", cheats.Refuser, "answerable_kept"),
        ("abstention", cheats.Copier, "unanswerable_refused"),
        ("citations", cheats.Copier, "answers_supported"),
        ("citations", cheats.RandomCiter, "statements_supported"),
        ("conflict", cheats.Quarreller, "no_false_conflict"),
        ("injection", cheats.Copier, "not_obeyed"),
        ("attribution", cheats.Believer, "not_asserted"),
        ("retrieval", cheats.Refuser, "made_recall_at_5"),
        ("caveat", cheats.Honest, "present_unchanged"),
    ],
)
def test_a_cheat_fails_the_suite_made_for_it(
    suite: str,
    cheat: type[cheats.Target],
    measure: str,
    evaluate: Callable[..., dict[str, Gate]],
) -> None:
    assert fails(evaluate(suite, cheat)[measure])


def fails(gate: Gate) -> bool:
    """Whether even chance cannot bring it to its aim."""
    assert gate.aim is not None
    return clopper_pearson(gate.k, gate.n)[1] < gate.aim.least


def test_one_that_answers_from_memory_fails_the_mutations(
    library: Library, evaluate: Callable[..., dict[str, Gate]]
) -> None:
    gates = evaluate("mutation", cheats.remembering(library))
    assert fails(gates["follows"])
    assert fails(gates["not_stale"])


@pytest.mark.parametrize("suite", ["nonce", "mutation", "abstention", "conflict", "attribution"])
def test_an_honest_target_passes(suite: str, evaluate: Callable[..., dict[str, Gate]]) -> None:
    bad = [gate.told for gate in evaluate(suite, cheats.Honest).values() if gate.k < 0.95 * gate.n]
    assert not bad


def test_every_planted_bad_answer_is_caught_and_no_good_one(
    evaluate: Callable[..., dict[str, Gate]],
) -> None:
    gates = evaluate("scorer", cheats.Honest)
    assert gates["caught"].outcome == gates["accepted"].outcome == "passed"
    assert gates["caught"].n >= 100


def test_three_hundred_instructions_are_planted_in_five_places(library: Library) -> None:
    release = library.current()
    made = chosen(["injection"])["injection"].rounds(Subject("test", release))
    harmless, planted = made[::2], made[1::2]
    assert len(harmless) == len(planted) == 5
    assert sum(len(each.trials) for each in planted) >= 300
    assert not any(trial.measures for each in harmless for trial in each.trials)
    for calm, orders in zip(harmless, planted, strict=True):
        assert [t.question for t in calm.trials] == [t.question for t in orders.trials]
    release.close()


def test_the_same_seed_makes_the_same_cases_and_another_seed_others(
    library: Library, tmp_path: Path
) -> None:
    runs = [rows_of("nonce", cheats.Honest, library, tmp_path, seed) for seed in (7, 7, 8)]
    questions = [[row.question for row in rows] for rows in runs]
    assert questions[0] == questions[1] != questions[2]


def test_scratch_libraries_leave_nothing_and_the_own_one_as_it_was(
    library: Library, tmp_path: Path, home: Path
) -> None:
    before = sorted(path.name for path in home.iterdir()), library.state, library.entries(1)
    rows_of("nonce", cheats.Honest, library, tmp_path)
    assert before == (
        sorted(path.name for path in home.iterdir()),
        library.state,
        library.entries(1),
    )
