"""The operator's pages without a browser: who gets in, what may be brought, what is done."""

import io
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from chat.page.operator.files import Files, safe_name
from chat.page.operator.session import IDLE, LONGEST, Door, Password
from chat.page.options import Options, read_options
from ingest.build import build
from ingest.errors import UserError
from ingest.library import Library, create_library
from tests.fakes import WordEmbedder
from tests.pages import FILES, ScriptedChat, served

Make = Callable[..., Library]
SECRET = "correct horse battery"
PASSWORD = Password.of(SECRET)
NEW = {**FILES, "leaflet.md": "---\ntitle: A leaflet\n---\n\nStretching helps against cramps."}


class Operator(httpx.Client):
    """Somebody at the operator's pages, who sends what their forms would."""

    def enter(self, password: str = SECRET) -> httpx.Response:
        return self.post("/operator/login", data={"password": password})

    @property
    def token(self) -> str:
        found = re.search(r'name="token" value="([^"]+)"', self.get("/operator").text)
        return found[1] if found else ""

    def submit(self, action: str, **fields: str) -> httpx.Response:
        return self.post(f"/operator/{action}", data={"token": self.token, **fields})

    def job(self) -> str:
        """What came of the job, once it is over."""
        deadline = time.monotonic() + 60
        while "<progress" in (text := self.get("/operator/job").text):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        return text


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Release 1 without the leaflet, release 2 with it; tests leave release 2 the current one."""
    folder = tmp_path_factory.mktemp("corpus")
    library = create_library("served", tmp_path_factory.mktemp("libraries"))
    for name, text in NEW.items():
        if name not in FILES:
            build(folder, library, WordEmbedder())
        (folder / name).write_text(text, encoding="utf-8")
    build(folder, library, WordEmbedder())
    return library


@pytest.fixture(scope="module")
def url(library: Library) -> Iterator[str]:
    with served(ScriptedChat(library), Options(operator=PASSWORD)) as address:
        yield address


@pytest.fixture(scope="module")
def operator(url: str) -> Iterator[Operator]:
    with Operator(base_url=url, headers={"origin": url}, follow_redirects=True) as client:
        assert client.enter().status_code == 200
        yield client


PAGES = ["", "/job", "/release/1", "/report/1", "/forget"]
FORMS = ["login", "logout", "upload", "remove", "adopt", "build", "stop", "suites", "publish"]


def test_without_a_password_no_operator_page_exists(make: Make) -> None:
    with served(ScriptedChat(make(FILES))) as address:
        for page in PAGES:
            assert httpx.get(f"{address}/operator{page}").status_code == 404
        for form in [*FORMS, "forget"]:
            reply = httpx.post(f"{address}/operator/{form}", data={"password": ""})
            assert reply.status_code == 404


def test_visitors_find_no_trace_of_the_operator_and_cannot_act(url: str, library: Library) -> None:
    assert "operator" not in httpx.get(url).text.lower()
    assert library.name not in httpx.get(f"{url}/operator").text
    for page in PAGES[1:]:
        assert httpx.get(f"{url}/operator{page}").status_code == 404
    for form in FORMS[2:]:
        reply = httpx.post(f"{url}/operator/{form}", data={"release": "1"}, headers={"origin": url})
        assert reply.status_code == 303
    assert library.current_number == 2


def test_the_cookie_is_kept_from_scripts_and_other_sites(url: str) -> None:
    reply = httpx.post(f"{url}/operator/login", data={"password": SECRET}, headers={"origin": url})
    cookie = reply.headers["set-cookie"].lower()
    for part in ("httponly", "samesite=strict", "path=/operator"):
        assert part in cookie
    assert "form-action 'self'" in reply.headers["content-security-policy"]


def test_wrong_passwords_are_counted_and_then_not_even_looked_at(library: Library) -> None:
    with (
        served(ScriptedChat(library), Options(operator=PASSWORD)) as own,
        Operator(base_url=own, headers={"origin": own}) as client,
    ):
        assert [client.enter("wrong").status_code for _ in range(5)] == [403] * 5
        last = client.enter()
    assert last.status_code == 429
    assert int(last.headers["retry-after"]) > 0


def test_forms_from_elsewhere_or_without_the_token_do_nothing(
    operator: Operator, url: str, library: Library
) -> None:
    fields = {"token": operator.token, "release": "1"}
    for origin in ("https://evil.example", "null", ""):
        reply = operator.post("/operator/publish", data=fields, headers={"origin": origin})
        assert reply.status_code == 403
    del operator.headers["origin"]
    assert operator.post("/operator/publish", data=fields).status_code == 403
    fields["token"] = "guessed"
    operator.headers["origin"] = url
    reply = operator.post("/operator/publish", data=fields)
    assert reply.status_code == 403
    assert library.current_number == 2


def test_after_logging_out_the_cookie_is_worth_nothing(operator: Operator) -> None:
    cookie = operator.cookies["caveat_operator"]
    operator.submit("logout")
    operator.cookies.set("caveat_operator", cookie, path="/operator")
    assert operator.get("/operator/job").status_code == 404
    operator.cookies.clear()
    operator.enter()


def test_a_session_ends_when_idle_and_after_hours() -> None:
    now = [0.0]
    door = Door(PASSWORD, clock=lambda: now[0])
    cookie = door.enter(SECRET)
    for now[0] in range(0, int(LONGEST), int(IDLE) - 1):
        assert door.session(cookie)
    now[0] = LONGEST
    assert door.session(cookie) is None
    again = door.enter(SECRET)
    now[0] += IDLE
    assert door.session(again) is None
    assert SECRET not in repr(door)


def test_a_short_password_is_refused_and_none_is_read_back() -> None:
    with pytest.raises(UserError, match="at least 12"):
        read_options({"CAVEAT_OPERATOR_PASSWORD": "short"})
    options = read_options({"CAVEAT_OPERATOR_PASSWORD": SECRET})
    assert options.operator
    assert options.operator.fits(SECRET)
    assert SECRET not in repr(options)


@pytest.mark.parametrize(
    "name", ["", ".", "..", ".env", "a/..", "a\x00b.md", "\u202egpj.md", "x" * 200]
)
def test_a_name_that_could_mislead_is_refused(name: str) -> None:
    with pytest.raises(UserError):
        safe_name(name)


@pytest.mark.parametrize("name", ["../../a.md", "/etc/a.md", "C:\\files\\a.md", " a.md "])
def test_an_uploaded_name_is_cut_to_the_files_own(name: str) -> None:
    assert safe_name(name) == "a.md"


def test_files_that_are_too_large_leave_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chat.page.operator import files as module

    monkeypatch.setattr(module, "LARGEST", 10)
    files = Files(create_library("big"), ())
    files.keep("small.txt", io.BytesIO(b"0123456789"))
    with pytest.raises(UserError, match="the most for one file"):
        files.keep("big.txt", io.BytesIO(b"0123456789x"))
    assert [each.name for each in files.uploaded()] == ["small.txt"]
    assert [path.name for path in files.folder.iterdir()] == ["small.txt"]


def test_only_folders_that_the_server_allows_can_be_named(library: Library, tmp_path: Path) -> None:
    allowed, link = tmp_path / "allowed", tmp_path / "allowed" / "link"
    (allowed / "in").mkdir(parents=True)
    link.symlink_to("/etc")
    files = Files(library, (allowed,))
    assert files.permitted(str(allowed / "in")) == allowed / "in"
    assert files.permitted(library.made_with["folder"])  # what the library was made from
    for folder in ("/etc", str(link), str(allowed / ".."), str(allowed / "missing")):
        with pytest.raises(UserError):
            files.permitted(folder)


def test_uploaded_copied_and_removed_files_are_listed(operator: Operator, library: Library) -> None:
    upload = {"files": ("../<b>new</b>.md", b"# New\n\nText.")}
    reply = operator.post("/operator/upload", data={"token": operator.token}, files=upload)
    assert "Files uploaded: 1" in reply.text
    assert "b&gt;.md" in reply.text
    assert "<b>" not in reply.text
    assert "Files copied" in operator.submit("adopt").text
    assert "cream.md was removed" in operator.submit("remove", name="cream.md").text
    assert "no uploaded file" in operator.submit("remove", name="../library.sqlite").text
    names = {each.name for each in Files(library, ()).uploaded()}
    assert names == {"b>.md", "trial.md", "leaflet.md"}


def test_a_release_is_compared_rolled_back_to_and_published(
    operator: Operator, library: Library
) -> None:
    page = operator.get("/operator/release/1").text
    assert "Removed: 1" in page
    assert "leaflet.md" in page
    assert "Release 1 is the current one" in operator.submit("publish", release="1").text
    assert library.current_number == 1
    operator.submit("publish", release="2")
    assert library.current_number == 2
    assert "has no release 9" in operator.submit("publish", release="9").text
    assert operator.get("/operator/release/9").status_code == 404


def test_forgetting_asks_first_and_then_leaves_nothing(
    operator: Operator, library: Library
) -> None:
    report = library.folder / "reports" / "2" / "report.html"
    report.parent.mkdir(parents=True)
    report.write_text("<p>It quotes the leaflet.</p>")
    reply = operator.get("/operator/report/2")
    assert "It quotes" in reply.text
    assert "sandbox" in reply.headers["content-security-policy"]
    assert "tick the box" in operator.submit("forget", document="leaflet.md").text
    operator.submit("forget", document="leaflet.md", sure="yes")
    assert "(releases: 1)" in operator.job()
    assert "leaflet.md" not in {entry.path for entry in library.entries(2)}
    assert not report.exists()


def test_what_cannot_be_done_is_said_in_one_line(operator: Operator) -> None:
    assert "Choose files first" in operator.submit("upload").text
    assert "may not be read" in operator.submit("build", source="folder", folder="/etc").text
