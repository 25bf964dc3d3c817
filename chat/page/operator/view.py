"""The operator's pages as HTML: plain forms, one thing after the other; every word is escaped."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from chat.page.html import about_html, promotional_html
from chat.page.operator.files import LARGEST, MEBI, Files, Uploaded
from chat.page.operator.jobs import Job
from chat.page.operator.session import Session
from chat.page.operator.work import Work
from chat.page.texts import Texts
from ingest.document import Document
from ingest.store import ReleaseRow
from ingest.summary import Diff

PAGE = Path(__file__).parent.parent / "static" / "operator.html"
LISTED = 50  # names shown of one kind; the rest is counted


@dataclass(frozen=True)
class View:
    """texts: the operator's own. common: the texts of the visitors' page, for what both show."""

    library: str
    texts: Texts
    common: Texts

    def login(self, problem: str = "", *, warn: bool = False, **values: object) -> str:
        """The question for the password, and why the last one was not taken."""
        told = _notice("problem", self.texts(f"login_{problem}", **values)) if problem else ""
        told += _notice("problem", self.texts("login_open")) if warn else ""
        return self._page(
            f'<h1>{self.texts("login")}</h1>{told}<form method="post" action="/operator/login">'
            f'<p><label for="password">{self.texts("password")}</label><br>'
            '<input id="password" name="password" type="password" required'
            ' autocomplete="current-password"></p>'
            f"{_button(self.texts('enter'))}</form>"
        )

    def home(self, session: Session, files: Files, work: Work) -> str:
        """Everything an operator can do, in the order in which it is done."""
        told = session.told()
        current = work.library.current_number
        parts = [
            f"<h1>{self.texts('heading', library=self.library)}</h1>",
            _notice(told[0], escape(told[1])) if told else "",
            self._job_place(session, work.jobs.last),
            self._sources(session, files),
            self._build(session, files),
            self._releases(session, work, current),
        ]
        return self._page("".join(parts), session)

    def release(self, session: Session, work: Work, number: int) -> str:
        """What a release would change, what can be done with it, and its documents."""
        changes = work.changes(number)
        documents = work.documents(number)
        parts = [
            f"<h1>{self.texts('release', release=number)}</h1>",
            f'<p><a href="/operator">{self.texts("back")}</a></p>',
            self._changes(changes, work.library.current_number, number),
            self._deeds(session, work, number),
            f"<h2>{self.texts('documents', count=len(documents))}</h2><ul class='documents'>",
            *(self._document(path, each) for path, each in documents),
            "</ul>",
        ]
        return self._page("".join(parts), session)

    def forget(self, session: Session, document: str) -> str:
        """The question whether a document is really to go."""
        inner = (
            f'<input type="hidden" name="document" value="{escape(document)}">'
            f'<p><label><input type="checkbox" name="sure" value="yes"> {self.texts("sure")}'
            f"</label></p>{_button(self.texts('forget_now'), 'danger')}"
        )
        return self._page(
            f"<h1>{self.texts('forget_ask', document=document)}</h1>"
            f"<p>{self.texts('forget_what')}</p>{self._form(session, 'forget', inner)}"
            f'<p><a href="/operator">{self.texts("back")}</a></p>',
            session,
        )

    def job(self, session: Session, job: Job | None) -> str:
        """How far the job is, or what came of it."""
        if job is None:
            return ""
        title = f"<h2>{self.texts(f'job_{job.kind}', subject=job.subject)}</h2>"
        if job.running:
            return title + self._running(session, job)
        if job.stopped:
            return f"{title}<p>{self.texts('job_stopped')}</p>"
        if job.data is None:
            return title + _notice("problem", self.common("problem", problem=job.problem))
        told = {"build": self._built, "suites": self._tested, "forget": self._forgotten}
        return title + told[job.kind](job, job.data)

    def _page(self, body: str, session: Session | None = None) -> str:
        leave = ""
        if session is not None:
            inner = f'<button class="plain">{self.texts("leave")}</button>'
            leave = self._form(session, "logout", inner)
        given = {
            "language": escape(self.texts.language),
            "title": self.texts("title"),
            "chat": self.texts("to_chat"),
            "leave": leave,
            "body": body,
        }
        return Template(PAGE.read_text(encoding="utf-8")).substitute(given)

    def _form(self, session: Session, action: str, inner: str, kind: str = "") -> str:
        return (
            f'<form method="post" action="/operator/{action}"{kind}>'
            f'<input type="hidden" name="token" value="{session.token}">{inner}</form>'
        )

    def _job_place(self, session: Session, job: Job | None) -> str:
        running = ' data-poll="/operator/job"' if job is not None and job.running else ""
        return (
            f'<section id="job"{running} tabindex="-1">{self.job(session, job)}</section>'
            '<p role="status" class="hidden" id="status"></p>'
        )

    def _running(self, session: Session, job: Job) -> str:
        stage = job.stage or "starting"
        name = self.texts(f"stage_{stage}") if job.kind != "suites" else escape(job.stage)
        count = f"{job.done:,} / {job.total:,}" if job.total else ""
        left = job.seconds_left
        wait = self.texts("left", time=_time(left)) if left is not None else ""
        value = f' value="{job.done}" max="{job.total}"' if job.total else ""
        stop = self._form(session, "stop", _button(self.texts("stop"), "minor"))
        return (
            f'<p class="stage">{name} {count} <span class="quiet">{wait}</span></p>'
            f'<progress aria-label="{name}"{value}></progress>{stop}'
            f'<noscript><p><a href="/operator">{self.texts("look_again")}</a></p></noscript>'
        )

    def _built(self, _: Job, data: dict[str, Any]) -> str:
        key = "built_nothing" if data["unchanged"] and not _changed(data["diff"]) else "built"
        lines = self.texts(
            key,
            release=data["release"],
            documents=data["documents"],
            passages=data["passages"],
            embedded=data["embedded"],
        )
        marks = self.texts(
            "marks",
            promotional=data["promotional"],
            undated=data["undated"],
            unknown=data["unknown"],
        )
        look = self.texts("look_at", release=data["release"])
        return (
            _notice("done", lines)
            + f"<p>{marks}</p>{self._pairs('refused', data['refused'])}"
            + self._pairs("cleaned", data["cleaned"])
            + self._pairs("same", data["same"])
            + f'<p><a class="next" href="/operator/release/{data["release"]}">{look}</a></p>'
        )

    def _tested(self, job: Job, data: dict[str, Any]) -> str:
        states = {0: ("done", "passed"), 1: ("problem", "failed")}
        kind, word = states.get(data["exit_code"], ("neutral", "too_few"))
        failed = [
            f"{gate['suite']}, {gate['measure']}: {gate['k']} / {gate['n']}"
            for gate in data["gates"]
            if gate["outcome"] == "failed"
        ]
        return (
            _notice(kind, self.texts(word))
            + _list(failed)
            + f'<p><a href="/operator/report/{job.subject}" target="_blank"'
            f' rel="noopener">{self.texts("report", release=job.subject)}</a></p>'
        )

    def _forgotten(self, job: Job, data: dict[str, Any]) -> str:
        return _notice(
            "done", self.texts("forgotten", document=job.subject, releases=data["releases"])
        )

    def _sources(self, session: Session, files: Files) -> str:
        uploaded = files.uploaded()
        pick = (
            f'<p><label for="files">{self.texts("files")}</label><br>'
            '<input id="files" name="files" type="file" multiple required></p>'
            f'<p class="quiet">{self.texts("files_hint", most=LARGEST // MEBI)}</p>'
            f"{_button(self.texts('upload'))}"
        )
        upload = self._form(session, "upload", pick, ' enctype="multipart/form-data"')
        rows = "".join(self._file(session, each) for each in uploaded[:LISTED])
        listed = f"<ul class='documents'>{rows}</ul>{self._rest(uploaded)}" if uploaded else ""
        count = self.texts("files_there", count=len(uploaded))
        return (
            f"<section><h2>{self.texts('sources')}</h2>{upload}<h3>{count}</h3>{listed}"
            f"{self._adopt(session, files)}</section>"
        )

    def _adopt(self, session: Session, files: Files) -> str:
        source = files.remembered
        if source is None or source == files.folder.resolve():
            return ""
        button = _button(self.texts("adopt"), "minor")
        hint = self.texts("adopt_hint", folder=source)
        return self._form(session, "adopt", f'<p class="quiet">{hint}</p>{button}')

    def _file(self, session: Session, file: Uploaded) -> str:
        size = f"{max(1, round(file.size / 1000)):,} kB"
        name = escape(file.name)
        inner = (
            f'<input type="hidden" name="name" value="{name}"><button class="plain">'
            f'{self.texts("remove")}<span class="hidden"> {name}</span></button>'
        )
        return (
            f'<li class="row"><span>{name} <span class="quiet">{size}</span></span>'
            f"{self._form(session, 'remove', inner)}</li>"
        )

    def _build(self, session: Session, files: Files) -> str:
        count = len(files.uploaded())
        chosen = ("checked", "") if count else ("disabled", "checked")
        inner = (
            f'<fieldset><legend class="hidden">{self.texts("build_from")}</legend>'
            f'<p><label><input type="radio" name="source" value="uploads" {chosen[0]}>'
            f" {self.texts('from_uploads', count=count)}</label></p>"
            f'<p><label><input type="radio" name="source" value="folder" {chosen[1]}>'
            f" {self.texts('from_folder')}</label></p>"
            f'<p><label for="folder">{self.texts("folder")}</label><br>'
            f'<input id="folder" name="folder" value="{escape(str(files.remembered or ""))}"></p>'
            f"</fieldset>{_button(self.texts('build'))}"
        )
        return (
            f"<section><h2>{self.texts('building')}</h2><p>{self.texts('build_hint')}</p>"
            f"{self._form(session, 'build', inner)}</section>"
        )

    def _releases(self, session: Session, work: Work, current: int | None) -> str:
        rows = "".join(self._row(session, work, row, current) for row in work.releases())
        return f"<section><h2>{self.texts('releases')}</h2>{rows}</section>"

    def _row(self, session: Session, work: Work, row: ReleaseRow, current: int | None) -> str:
        is_current = f' <span class="kind">{self.texts("current")}</span>'
        documents = len({entry.document for entry in work.library.entries(row.number)})
        facts = self.texts(
            "facts",
            date=row.created[:16].replace("T", " "),
            documents=documents,
            passages=row.passages,
        )
        return (
            f'<div class="card"><h3>{self.texts("release", release=row.number)}'
            f"{is_current if row.number == current else ''}</h3><p>{facts}</p>"
            f'<p><a href="/operator/release/{row.number}">'
            f"{self.texts('look_at', release=row.number)}</a></p>"
            f"{self._deeds(session, work, row.number)}</div>"
        )

    def _deeds(self, session: Session, work: Work, number: int) -> str:
        """Publishing or rolling back, running the suites, reading their report."""
        current = work.library.current_number
        release = f'<input type="hidden" name="release" value="{number}">'
        forms = ""
        if number != current:
            back = current is not None and number < current
            text = self.texts("roll_back" if back else "publish", release=number)
            forms += self._form(session, "publish", release + _button(text))
        for extent in ("quick", "full"):
            choice = f'<input type="hidden" name="extent" value="{extent}">'
            text = self.texts(f"suites_{extent}", release=number)
            button = release + choice + _button(text, "minor")
            forms += self._form(session, "suites", button)
        report = ""
        if work.report(number).is_file():
            text = self.texts("report", release=number)
            link = f'href="/operator/report/{number}" target="_blank" rel="noopener"'
            report = f"<p><a {link}>{text}</a></p>"
        return f'<div class="deeds">{forms}</div>{report}'

    def _changes(self, changes: Diff, current: int | None, number: int) -> str:
        if current is None or current == number:
            return f"<p>{self.texts('is_current' if current else 'is_first')}</p>"
        title = f"<h2>{self.texts('changes', current=current)}</h2>"
        renamed = [f"{old} → {new}" for old, new in changes.renamed]
        groups = {
            "added": changes.added,
            "changed": changes.changed,
            "removed_documents": changes.removed,
            "renamed": renamed,
        }
        parts = [self._group(name, names) for name, names in groups.items() if names]
        before, after = changes.passages
        passages = self.texts("passages", before=before, after=after)
        nothing = f"<p>{self.texts('no_changes')}</p>"
        return f"{title}{''.join(parts) or nothing}<p>{passages}</p>"

    def _document(self, path: str, document: Document) -> str:
        about = about_html(
            document.about.publisher, document.about.kind, document.about.published, self.common
        )
        sign = promotional_html(document.reasons, self.common) if document.promotional else ""
        return (
            f'<li class="row"><div><strong>{escape(document.title)}</strong>'
            f'<p class="quiet">{escape(path)}</p>{about}{sign}</div>'
            '<form method="get" action="/operator/forget">'
            f'<input type="hidden" name="document" value="{escape(path)}">'
            f'<button class="plain">{self.texts("forget")}'
            f'<span class="hidden"> {escape(path)}</span></button></form></li>'
        )

    def _group(self, name: str, lines: Sequence[str]) -> str:
        return f"<h3>{self.texts(name, count=len(lines))}</h3>{self._some(lines)}"

    def _pairs(self, name: str, pairs: Sequence[Sequence[str]]) -> str:
        return self._group(name, [": ".join(pair) for pair in pairs]) if pairs else ""

    def _some(self, lines: Sequence[str]) -> str:
        return _list(lines[:LISTED]) + self._rest(lines)

    def _rest(self, listed: Sequence[object]) -> str:
        """How many more there are than are listed."""
        more = len(listed) - LISTED
        return f"<p>{self.texts('more', count=more)}</p>" if more > 0 else ""


def _changed(diff: dict[str, Any]) -> bool:
    return any(diff[name] for name in ("added", "changed", "removed", "renamed"))


def _list(lines: Iterable[str]) -> str:
    rows = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<ul>{rows}</ul>" if rows else ""


def _notice(kind: str, html: str) -> str:
    role = "alert" if kind == "problem" else "status"
    return f'<div class="notice told-{kind}" role="{role}"><p>{html}</p></div>'


def _button(html: str, kind: str = "") -> str:
    return f'<button class="main {kind}">{html}</button>'


def _time(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
