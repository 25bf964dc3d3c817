"""The README tells of what is there, and of nothing else."""

import re
from pathlib import Path

import pytest

import chat.__main__ as chat_command
import evals.__main__ as evals_command
import ingest.__main__ as ingest_command

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MODULES = [
    path for top in ("ingest", "chat", "evals") for path in sorted((ROOT / top).rglob("*.py"))
]
PARSERS = (chat_command.arguments, evals_command.arguments, ingest_command.arguments)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_with_a_docstring_stands_in_the_tree(path: Path) -> None:
    if path.read_text(encoding="utf-8").startswith('"""'):
        assert re.search(rf"^ +{re.escape(path.name)} ", README, re.MULTILINE)


def test_the_tree_names_no_module_that_is_gone() -> None:
    named = set(re.findall(r"^ +(\w+\.py) ", README, re.MULTILINE))
    assert named <= {path.name for path in MODULES}


def test_every_option_that_the_readme_names_exists() -> None:
    known = "".join(make().format_help() for make in PARSERS) + "--out --tool"
    for option in set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README)) - {"--index-url"}:
        assert option in known
