"""Counts and times for an operator's monitoring; never a word of a question."""

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from chat.page.conversation import Updates

SECONDS = (0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30)


@dataclass
class Meters:
    """What `/metrics` shows, in a registry of its own."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    clock: Callable[[], float] = time.perf_counter

    def __post_init__(self) -> None:
        self.answers = Counter(
            "caveat_answers", "Answers given, by status", ["status"], registry=self.registry
        )
        self.first = Histogram(
            "caveat_first_statement_seconds",
            "From the start of answering to the first verified statement",
            buckets=SECONDS,
            registry=self.registry,
        )
        self.whole = Histogram(
            "caveat_answer_seconds",
            "From the start of answering to the whole answer",
            buckets=SECONDS,
            registry=self.registry,
        )
        self.active = Gauge(
            "caveat_answering", "Questions being answered now", registry=self.registry
        )
        self.refused = Counter(
            "caveat_refused", "Requests refused, by reason", ["reason"], registry=self.registry
        )
        ProcessCollector(registry=self.registry)  # memory, processor time, open files

    def count_process(self, pid: int | None) -> None:
        """Tell memory and time of the process that answers as well."""
        ProcessCollector("caveat_answering", lambda: pid or "self", registry=self.registry)

    def watched(self, updates: Updates) -> Updates:
        """The updates of one answer, which are counted on their way to the browser."""
        start, last = self.clock(), None
        with self.active.track_inprogress(), closing(updates):
            for shown in updates:
                if last is None:
                    self.first.observe(self.clock() - start)
                yield (last := shown)
        if last and "status" in last:
            self.whole.observe(self.clock() - start)
            self.answers.labels(last["status"]).inc()

    def text(self) -> bytes:
        """All of it in the Prometheus text format."""
        return generate_latest(self.registry)
