"""What a run found, with everything that made it: the JSON that reports and comparisons read."""

import hashlib
import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from chat.settings import Settings
from chat.wording import PROMPTS
from evals.cases import BUNDLED, suites_written
from evals.gates import Gate, exit_code, gates_of, load_aims, verdict
from evals.run import result_hash
from evals.suites.screening import COMMON
from evals.trial import Row, Subject
from ingest.errors import UserError
from ingest.identity import content_hash
from ingest.library import Library, Release

PACKAGES = ("sentence-transformers", "torch", "chromadb", "langchain")


@dataclass(frozen=True)
class Outcome:
    """header: of what and by what. missing: suites that were asked for and had no case to ask.

    unwritten: suites of a run of all for which nobody has written cases yet.
    """

    header: dict[str, Any]
    gates: list[Gate]
    rows: list[Row]
    missing: list[str]
    unwritten: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        return verdict(self.gates, self.missing, self.unwritten)

    @property
    def lists(self) -> list[tuple[str, list[Gate]]]:
        """The gates that did not pass, for people."""
        kinds = {"failed": "failed", "too few": "too few cases to tell"}
        found = {
            title: [gate for gate in self.gates if gate.outcome == kind]
            for kind, title in kinds.items()
        }
        return [(title, gates) for title, gates in found.items() if gates]

    @property
    def advice(self) -> str:
        """What failures say of the text, and what to do where there were too few cases; or ""."""
        own = suites_written(str(self.header.get("library")))
        same = [name for name in COMMON if name not in own or self.header["library"] == BUNDLED]
        kinds = {gate.outcome for gate in self.gates}
        told = []
        if any(gate.outcome == "failed" and gate.suite in same for gate in self.gates):
            names = ", ".join(same).replace("_", " ")
            told.append(
                f"What is asked for {names} is the same for every text: failures there are the"
                " program's own."
            )
        if "too few" in kinds and self.header.get("sample", "all") != "all":
            told.append("Only a sample was asked: leave out --sample to be sure.")
        elif "too few" in kinds:
            told.append("To be sure, write more cases: evals/cases/README.md says how.")
        return " ".join(told)

    @property
    def exit_code(self) -> int:
        return exit_code(self.gates, self.missing)

    def to_dict(self) -> dict[str, Any]:
        """Plain data; each gate with its rate and outcome."""
        gates = [
            {**asdict(gate), "rate": gate.rate, "outcome": gate.outcome} for gate in self.gates
        ]
        return {
            "verdict": self.verdict,
            "exit_code": self.exit_code,
            "header": self.header,
            "gates": gates,
            "missing": self.missing,
            "unwritten": self.unwritten,
            "rows": [row.to_dict() for row in self.rows],
        }


def outcome_of(
    rows: Sequence[Row], suites: Sequence[str], header: dict[str, Any], *, named: bool = True
) -> Outcome:
    """Gates of the rows; suites without a row that counts are missing where they were named."""
    there = {row.suite for row in rows if row.verdicts or row.outside}
    absent = [name for name in suites if name not in there]
    header = {**header, "results": result_hash(rows)}
    lists = (absent, []) if named else ([], absent)
    return Outcome(header, gates_of(rows, load_aims()), list(rows), *lists)


def header_of(
    library: Library, release: Release, settings: Settings, subject: Subject
) -> dict[str, Any]:
    """Corpus, release, settings, prompts, versions, seed and date."""
    documents = sorted(entry.document for entry in library.entries(release.number))
    return {
        "library": library.name,
        "release": release.number,
        "corpus": content_hash("\n".join(documents))[:12],
        "documents": release.document_count,
        "passages": release.passage_count,
        "ingest settings": release.settings,
        "chat settings": settings.hash,
        "model": settings.model or "none: sentences are quoted",
        "prompts": prompts_hash(),
        "embedding": release.model,
        "python": platform.python_version(),
        **{package: version(package) for package in PACKAGES},
        "seed": subject.seed,
        "sample": subject.sample or "all",
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def prompts_hash(folder: Path = PROMPTS) -> str:
    """A short hash over every text in prompts/."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def load_outcome(path: Path) -> tuple[dict[str, Any], list[Row]]:
    """Header and rows of a report's JSON (or of the folder that holds it)."""
    file = path / "report.json" if path.is_dir() else path
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        return data["header"], [Row(**row) for row in data["rows"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{file} is no report ({error}): give a folder that a run wrote") from error
