"""What is done to a library for its operator: long work as a job, short work at once."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from chat.page.operator.files import Files
from chat.page.operator.jobs import Jobs
from ingest.document import Document
from ingest.errors import UserError
from ingest.library import Library
from ingest.maintain import diff, roll_back
from ingest.store import ReleaseRow
from ingest.summary import Diff

QUICK = 6  # questions of each suite


@dataclass(frozen=True)
class Work:
    """The library, and the one job that may run on it."""

    library: Library
    jobs: Jobs

    def build(self, folder: Path) -> None:
        """Start to build a release from a folder; it is not published."""
        command = ["ingest", str(folder), *self._name, "--no-publish", "--json", "--progress-lines"]
        self.jobs.start("build", str(folder), ["-m", *command])

    def suites(self, number: int, *, quick: bool) -> None:
        """Start to run the suites on a release, published or not."""
        self.library.row(number)
        extent = ["--sample", str(QUICK)] if quick else []
        out = ["--out", str(self.report(number).parent)]
        command = ["evals", *self._name, "--release", str(number), *extent, *out, "--json"]
        self.jobs.start("suites", str(number), ["-m", *command])

    def forget(self, document: str, files: Files) -> None:
        """Start to remove a document for good: from all releases, uploads and reports."""
        if not document:
            raise UserError("no document was named")
        self.jobs.start(
            "forget", document, ["-m", "ingest", *self._name, "--forget", document, "--json"]
        )
        name = document.partition("#")[0]
        if name in {each.name for each in files.uploaded()}:
            files.remove(name)
        shutil.rmtree(self.library.folder / "reports", ignore_errors=True)  # they quote it

    def publish(self, number: int) -> None:
        """Make a release, newer or older, the one that the chat answers from."""
        roll_back(self.library, number)

    def report(self, number: int) -> Path:
        """Where the report of a release stands, once its suites have run."""
        return self.library.folder / "reports" / str(number) / "report.html"

    def releases(self) -> list[ReleaseRow]:
        """All releases, the newest first."""
        return list(reversed(self.library.store.releases()))

    def changes(self, number: int) -> Diff:
        """What release `number` would change for those who ask now."""
        current = self.library.current_number
        return diff(self.library, current if current is not None else number, number)

    def documents(self, number: int) -> list[tuple[str, Document]]:
        """The documents of a release by the path that forgetting them takes."""
        release = self.library.open_release(number)
        try:
            return [(each.path, each) for each in release.documents()]
        finally:
            release.close()

    @property
    def _name(self) -> list[str]:
        return ["--name", str(self.library.folder.resolve())]
