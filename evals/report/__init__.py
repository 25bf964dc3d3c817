"""Reports of a run: one HTML file that needs nothing else, JSON with everything, JUnit for CI."""

from evals.report.write import write_reports

__all__ = ["write_reports"]
