"""Evaluate a library, and what is about to become one.

python -m evals [SUITE ...] [--name NAME]    run suites, write report (HTML, JSON, JUnit)
python -m evals compare A B                  two reports, row by row
python -m evals swap FOLDER --name NAME      is the new text fit to go live?
python -m evals draft|check --name NAME      cases for your own corpus
python -m evals export REPORT --tool TOOL    rows for other evaluation tools
python -m evals beir|squad|mtrag ...         public sets in their own formats
python -m evals paraphrases [FILE]           what the checks of paraphrases let through

Exit code: 0 passed, 1 failed, 2 too few or errored.
"""

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

from evals import commands
from ingest.errors import UserError

RUNNERS = {
    "beir": "retrieval on a folder in BEIR's format",
    "squad": "reading on a file in SQuAD's form",
    "mtrag": "conversations from an MTRAG task file",
    "paraphrases": "what the checks of paraphrases let through",
}


def arguments() -> argparse.ArgumentParser:
    """The options of running suites; the other commands have their own."""
    parser = argparse.ArgumentParser(
        prog="python -m evals",
        description=__doc__.split("\n")[0],
        epilog=__doc__.partition("\n")[2],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("suites", nargs="*", metavar="SUITE", help="all by default")
    commands.add_run_options(parser)
    commands.add_own_options(parser)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    given = list(sys.argv[1:] if argv is None else argv)
    try:
        return _run(given)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nstopped; `--resume` goes on where it was", file=sys.stderr)
        return 130


def _run(argv: list[str]) -> int:
    command = argv[0] if argv else ""
    if command in RUNNERS:
        return _runner(command, argv[1:])
    if command in commands.COMMANDS:
        add, run = commands.COMMANDS[command]
        parser = argparse.ArgumentParser(prog=f"python -m evals {command}", description=run.__doc__)
        add(parser)
        return run(parser.parse_intermixed_args(argv[1:]))
    return commands.run(arguments().parse_intermixed_args(argv))


def _runner(name: str, argv: list[str]) -> int:
    if not (Path(__file__).parent / f"{name}.py").is_file():
        raise UserError(f"the {name} runner is not part of this checkout")
    module = importlib.import_module(f"evals.{name}")
    parser = argparse.ArgumentParser(prog=f"python -m evals {name}", description=RUNNERS[name])
    module.add_arguments(parser)
    code: int = module.run(parser.parse_intermixed_args(argv))
    return code


if __name__ == "__main__":
    sys.exit(main())
