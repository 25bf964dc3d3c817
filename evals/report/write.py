"""Writes report.html, report.json and junit.xml of an outcome into one folder."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

from evals.outcome import Outcome
from evals.report.page import page


def write_reports(outcome: Outcome, folder: Path) -> Path:
    """Write all of them; returns the path of the HTML."""
    folder.mkdir(parents=True, exist_ok=True)
    data = json.dumps(outcome.to_dict(), ensure_ascii=False)
    (folder / "report.json").write_text(data, encoding="utf-8")
    ET.ElementTree(junit(outcome)).write(folder / "junit.xml", "utf-8", xml_declaration=True)
    path = folder / "report.html"
    path.write_text(page(outcome), encoding="utf-8")
    return path


def junit(outcome: Outcome) -> ET.Element:
    """One test suite for the gates: a gate that did not pass is a failure, one unshown an error."""
    bad = [gate for gate in outcome.gates if gate.outcome == "failed"]
    few = [gate for gate in outcome.gates if gate.outcome == "too few"]
    counts = {"tests": str(len(outcome.gates)), "failures": str(len(bad)), "errors": str(len(few))}
    root = ET.Element("testsuites", counts)
    suite = ET.SubElement(root, "testsuite", {"name": "caveat", **counts})
    for gate in outcome.gates:
        case = ET.SubElement(suite, "testcase", {"classname": gate.suite, "name": gate.measure})
        if gate.outcome != "passed":
            kind = "failure" if gate.outcome == "failed" else "error"
            ET.SubElement(case, kind, {"message": _clean(gate.told)})
    return root


def _clean(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return "".join(c for c in text if c in "\t\n" or ord(c) >= 32)
