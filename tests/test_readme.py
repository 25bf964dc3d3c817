"""The README tells of what is there, and of nothing else."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MODULES = [
    path for top in ("ingest", "chat", "evals") for path in sorted((ROOT / top).rglob("*.py"))
]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_with_a_docstring_stands_in_the_tree(path: Path) -> None:
    if path.read_text(encoding="utf-8").startswith('"""'):
        assert re.search(rf"^ +{re.escape(path.name)} ", README, re.MULTILINE)


def test_the_tree_names_no_module_that_is_gone() -> None:
    named = set(re.findall(r"^ +(\w+\.py) ", README, re.MULTILINE))
    assert named <= {path.name for path in MODULES}


def test_every_option_that_the_readme_names_exists() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in MODULES)
    known = set(re.findall(r'"(--[a-z][a-z-]+)"', sources)) | {"--index-url"}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README)) <= known
