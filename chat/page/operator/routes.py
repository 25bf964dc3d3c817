"""What an operator can do, as forms that work without a script.

Only /operator and its login answer somebody who is not logged in. Each form carries the session's
token; the guard has looked at where it comes from before it gets here.
"""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)

from chat.page.operator.files import MOST, Files
from chat.page.operator.session import COOKIE, LONGEST, Door, Session
from chat.page.operator.view import View
from chat.page.operator.work import Work
from chat.page.rate import is_here
from ingest.errors import UserError

HOME = "/operator"
Said = tuple[str, str] | None
Act = Callable[[FormData], Said]


@dataclass(frozen=True)
class Operator:
    """The operator's door, desk and pages, as routes."""

    door: Door
    files: Files
    work: Work
    view: View

    def add_to(self, app: FastAPI) -> None:
        """Add every route."""
        app.get(HOME)(self.home)
        app.post(f"{HOME}/login")(self.login)
        app.post(f"{HOME}/logout")(self.logout)
        app.get(f"{HOME}/job")(self.job)
        app.get(f"{HOME}/release/{{number}}")(self.release)
        app.get(f"{HOME}/report/{{number}}")(self.report)
        app.get(f"{HOME}/forget")(self.ask_to_forget)
        for name, act in self._acts().items():
            app.post(f"{HOME}/{name}")(self._form(act))

    def home(self, request: Request) -> Response:
        session = self._session(request)
        if session is None:
            return HTMLResponse(self.view.login(warn=_is_open_to_listeners(request)))
        return HTMLResponse(self.view.home(session, self.files, self.work))

    async def login(self, request: Request) -> Response:
        seconds = self.door.wait(request.client.host if request.client else "")
        if seconds:
            page = self.view.login("wait", seconds=seconds)
            return HTMLResponse(page, 429, {"retry-after": str(seconds)})
        form = await request.form()
        cookie = await run_in_threadpool(self.door.enter, str(form.get("password") or ""))
        if cookie is None:
            return HTMLResponse(self.view.login("wrong"), 403)
        reply = RedirectResponse(HOME, 303)
        reply.set_cookie(
            COOKIE,
            cookie,
            max_age=int(LONGEST),
            path=HOME,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
        return reply

    async def logout(self, request: Request) -> Response:
        session = self._session(request)
        if session is not None and _is_theirs(session, await request.form()):
            self.door.leave(request.cookies.get(COOKIE))
        reply = RedirectResponse(HOME, 303)
        reply.delete_cookie(COOKIE, path=HOME)
        return reply

    def job(self, request: Request) -> Response:
        session = self._session(request)
        if session is None:
            return _not_found()
        return HTMLResponse(self.view.job(session, self.work.jobs.last))

    def release(self, request: Request, number: int) -> Response:
        session = self._session(request)
        if session is None:
            return _not_found()
        try:
            return HTMLResponse(self.view.release(session, self.work, number))
        except UserError as error:
            return PlainTextResponse(f"{error}\n", 404)

    def report(self, request: Request, number: int) -> Response:
        path = self.work.report(number)
        if self._session(request) is None or not path.is_file():
            return _not_found()
        return FileResponse(path, media_type="text/html")

    def ask_to_forget(self, request: Request, document: str = "") -> Response:
        session = self._session(request)
        if session is None:
            return _not_found()
        return HTMLResponse(self.view.forget(session, document))

    def _acts(self) -> dict[str, Act]:
        return {
            "upload": self._upload,
            "remove": self._remove,
            "adopt": self._adopt,
            "build": self._build,
            "stop": self._stop,
            "suites": self._suites,
            "publish": self._publish,
            "forget": self._forget,
        }

    def _form(self, act: Act) -> Callable[[Request], Awaitable[Response]]:
        """A route that does what a logged-in operator's own form asks, then shows the page."""

        async def answer(request: Request) -> Response:
            session = self._session(request)
            if session is None:
                return RedirectResponse(HOME, 303)
            async with request.form(max_files=MOST) as form:
                if not _is_theirs(session, form):
                    return PlainTextResponse("this form is not from the page\n", 403)
                try:
                    session.said = await run_in_threadpool(act, form)
                except UserError as error:
                    session.said = ("problem", str(error))
            return RedirectResponse(HOME, 303)

        return answer

    def _session(self, request: Request) -> Session | None:
        return self.door.session(request.cookies.get(COOKIE))

    def _done(self, key: str, **values: object) -> Said:
        return "done", self.view.texts.plain(key, **values)

    def _upload(self, form: FormData) -> Said:
        given = [each for each in form.getlist("files") if isinstance(each, UploadFile)]
        named = [each for each in given if each.filename]
        if not named:
            raise UserError(self.view.texts.plain("upload_none"))
        for each in named:
            self.files.keep(each.filename or "", each.file)
        return self._done("uploaded", count=len(named))

    def _remove(self, form: FormData) -> Said:
        name = str(form.get("name") or "")
        self.files.remove(name)
        return self._done("removed", file=name)

    def _adopt(self, _: FormData) -> Said:
        return self._done("adopted", count=self.files.adopt())

    def _build(self, form: FormData) -> Said:
        if form.get("source") == "folder":
            self.work.build(self.files.permitted(str(form.get("folder") or "")))
        elif not self.files.uploaded():
            raise UserError(self.view.texts.plain("upload_none"))
        else:
            self.work.build(self.files.folder)
        return None

    def _stop(self, _: FormData) -> Said:
        self.work.jobs.stop()
        return self._done("was_stopped")

    def _suites(self, form: FormData) -> Said:
        self.work.suites(_number(form), quick=form.get("extent") != "full")
        return None

    def _publish(self, form: FormData) -> Said:
        number = _number(form)
        self.work.publish(number)
        return self._done("published", release=number)

    def _forget(self, form: FormData) -> Said:
        document = str(form.get("document") or "")
        if form.get("sure") != "yes":
            raise UserError(self.view.texts.plain("forget_unsure", document=document))
        self.work.forget(document, self.files)
        return None


def _is_theirs(session: Session, form: FormData) -> bool:
    return hmac.compare_digest(str(form.get("token") or "").encode(), session.token.encode())


def _number(form: FormData) -> int:
    raw = str(form.get("release") or "")
    if not raw.isdecimal():
        raise UserError(f"{raw!r} is no number of a release")
    return int(raw)


def _is_open_to_listeners(request: Request) -> bool:
    """Whether a password would travel unencrypted through a network."""
    return request.url.scheme != "https" and not is_here(request.url.hostname or "")


def _not_found() -> Response:
    return PlainTextResponse("not found", 404)
