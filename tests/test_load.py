"""The load runner, against a page that answers from a script."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chat.page.options import Options
from evals.load import HEAD
from evals.load import main as run_here
from ingest.library import Library
from tests.pages import FILES, ScriptedChat, served
from tests.test_page import ANSWER

Make = Callable[..., Library]
FLAT = 10  # megabytes


def main(arguments: list[str]) -> int:
    """The runner in a thread of its own: a browser's event loop may be open in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run_here, arguments).result()


def rows(output: str) -> list[dict[str, str]]:
    """The tables that were printed; a column's name may have two words."""
    names = ["at once", "whole", "told", "dropped", "errors"]
    names += ["first p50", "first p95", "whole p95", "told p95", "MB"]
    assert HEAD.split() == " ".join(names).split()
    lines = [line for line in output.splitlines() if line != HEAD]
    return [dict(zip(names, line.split(), strict=True)) for line in lines]


@pytest.fixture
def questions(tmp_path: Path) -> str:
    path = tmp_path / "questions.txt"
    path.write_text("Does it help?\nAnd for how long?\n")
    return str(path)


def test_conversations_are_held_to_their_end(
    make: Make, questions: str, capsys: pytest.CaptureFixture[str]
) -> None:
    chat = ScriptedChat(make(FILES), [ANSWER])
    with served(chat) as url:
        assert main([questions, "--url", url, "--at-once", "1", "4", "--turns", "3"]) == 0
    one, four = rows(capsys.readouterr().out)
    assert (one["whole"], four["whole"], four["told"], four["errors"]) == ("3", "12", "0", "0")
    assert float(four["MB"]) > 50
    assert len(chat.asked[2][1]) == 4  # the third question brings both turns before it


def test_who_is_refused_or_gives_up_is_counted(
    make: Make, questions: str, capsys: pytest.CaptureFixture[str]
) -> None:
    chat = ScriptedChat(make(FILES), [ANSWER], pause=0.1)
    with served(chat, Options(at_once=1, waiting=5)) as url:
        assert main([questions, "--url", url, "--at-once", "30"]) == 0
        options = ["--at-once", "2", "--conversations", "20", "--drop", "0.5"]
        assert main([questions, "--url", url, *options]) == 0
    refused, gave_up = rows(capsys.readouterr().out)
    assert int(refused["told"]) >= 30 - 5 - 2
    assert int(refused["told"]) + int(refused["whole"]) == 30
    assert int(gave_up["dropped"]) > 0
    assert sum(int(gave_up[name]) for name in ("whole", "told", "dropped")) == 20


@pytest.mark.promises
def test_memory_stays_flat_over_ten_thousand_conversations_of_which_three_in_ten_are_dropped(
    make: Make, questions: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Gradio keeps what 2,000 questions were told, in case they ask for it: these come first."""
    with served(ScriptedChat(make(FILES), [ANSWER])) as url:
        common = [questions, "--url", url, "--at-once", "20", "--drop", "0.3", "--conversations"]
        assert main([*common, "2500"]) == 0
        assert main([*common, "7500"]) == 0
    filled, after = rows(capsys.readouterr().out)
    assert int(after["whole"]) + int(after["dropped"]) == 7500
    assert float(after["MB"]) < float(filled["MB"]) + FLAT
