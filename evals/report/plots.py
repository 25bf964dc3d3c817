"""Plots as inline SVG: a gate's interval, recall by k, reliability of abstention, latency."""

from collections.abc import Sequence

from evals.gates import Gate
from evals.run import TIMED
from evals.trial import Row

WIDTH, HEIGHT, LEFT, BOTTOM = 320, 200, 36, 30
KS = (1, 3, 5, 10)
BINS = 5


def interval_bar(gate: Gate) -> str:
    """Rate and interval on a line from 0 to 1, the aim as a stroke."""
    low, high = (120 * bound for bound in gate.interval)
    rate = 120 * gate.rate
    aim = ""
    if gate.aim is not None:
        place = 120 * gate.aim.least
        aim = f'<line class="aim" x1="{place:.1f}" x2="{place:.1f}" y1="1" y2="15"/>'
    label = f"rate {gate.rate:.3f}, interval {gate.interval[0]:.3f} to {gate.interval[1]:.3f}"
    return (
        f'<svg role="img" aria-label="{label}" width="130" height="16" viewBox="-5 0 130 16">'
        f'<line class="axis" x1="0" x2="120" y1="8" y2="8"/>'
        f'<line class="whisker" x1="{low:.1f}" x2="{high:.1f}" y1="8" y2="8"/>{aim}'
        f'<circle class="dot" cx="{rate:.1f}" cy="8" r="4"/></svg>'
    )


def plots(rows: Sequence[Row]) -> str:
    """All plots for which there are rows."""
    return "".join(part for part in (_recall(rows), _reliability(rows), _latency(rows)) if part)


def _x(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - 28)


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - 14)


def _frame(
    marks: str, caption: str, below: Sequence[tuple[float, str]], top: str = "1", side: str = ""
) -> str:
    ticks = "".join(
        f'<text x="{_x(x):.0f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{text}</text>'
        for x, text in below
    )
    axes = (
        f'<line class="axis" x1="{LEFT}" x2="{_x(1)}" y1="{_y(0)}" y2="{_y(0)}"/>'
        f'<line class="axis" x1="{LEFT}" x2="{LEFT}" y1="{_y(0)}" y2="{_y(1)}"/>'
        f'<text x="{LEFT - 6}" y="{_y(0) + 4}" text-anchor="end">0</text>'
        f'<text x="{LEFT - 6}" y="{_y(1) + 4}" text-anchor="end">{top}</text>'
        f'<text x="{LEFT + 4}" y="{_y(1) - 2}">{side}</text>'
    )
    return (
        f'<figure><svg role="img" aria-label="{caption}" viewBox="0 0 {WIDTH} {HEIGHT}"'
        f' width="{WIDTH}" height="{HEIGHT}">{axes}{ticks}{marks}</svg>'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _recall(rows: Sequence[Row]) -> str:
    """The share of questions with the right passage among the first k."""
    found = [row for row in rows if row.suite == "retrieval" and "mrr" in row.values]
    if not found:
        return ""
    means = [sum(row.values[f"recall_at_{k}"] for row in found) / len(found) for k in KS]
    places = [(_x(k / 10), _y(mean)) for k, mean in zip(KS, means, strict=True)]
    line = (
        '<polyline class="line" points="' + " ".join(f"{x:.1f},{y:.1f}" for x, y in places) + '"/>'
    )
    dots = "".join(f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="4"/>' for x, y in places)
    lucky = sum(row.values["random_recall_at_5"] for row in found) / len(found)
    chance = f'<line class="ideal" x1="{LEFT}" x2="{_x(1)}" y1="{_y(lucky)}" y2="{_y(lucky)}"/>'
    caption = (
        f"Recall by k, {len(found)} questions: "
        + ", ".join(f"{mean:.3f} at {k}" for k, mean in zip(KS, means, strict=True))
        + f". Dashed: five passages drawn at random, {lucky:.3f}."
    )
    return _frame(line + dots + chance, caption, [(k / 10, f"k={k}") for k in KS])


def _reliability(rows: Sequence[Row]) -> str:
    """How often the best passage's score goes with an answerable question, in five equal groups."""
    pairs = sorted(
        (max(scores), float(any(name.startswith("answerable") for name in row.verdicts)))
        for row in rows
        if row.suite == "abstention" and row.verdicts
        for scores in [[e["scores"].get("dense", 0.0) for e in row.answer.get("evidence", [])]]
        if scores
    )
    if len(pairs) < 2 * BINS:
        return ""
    size = len(pairs) / BINS
    groups = [pairs[round(b * size) : round((b + 1) * size)] for b in range(BINS)]
    marks, ticks = "", []
    for place, group in enumerate(groups):
        share = sum(good for _, good in group) / len(group)
        left = _x((place + 0.1) / BINS)
        width = 0.8 * (_x(1) - _x(0)) / BINS
        marks += (
            f'<rect class="bar" x="{left:.1f}" y="{_y(share):.1f}" width="{width:.1f}"'
            f' height="{_y(0) - _y(share):.1f}"/>'
        )
        ticks.append(((place + 0.5) / BINS, f"to {group[-1][0]:.2f}"))
    caption = (
        f"Reliability of abstention: share of answerable questions by the best similarity,"
        f" {len(pairs)} questions in {BINS} equal groups. Similarity alone separates as far as the"
        f" bars rise."
    )
    return _frame(marks, caption, ticks)


def _latency(rows: Sequence[Row]) -> str:
    """The share of answers that are there after so many seconds; each question once.

    Where it was asked, of the suite whose questions are put one at a time.
    """
    timed = [row for row in rows if row.suite in TIMED]
    seconds = {
        (row.question, str(row.history)): row.answer["seconds"]["total"]
        for row in timed or rows
        if row.answer.get("seconds", {}).get("total")
    }
    times = sorted(seconds.values())
    if len(times) < BINS:
        return ""
    most = times[int(0.99 * (len(times) - 1))] or 1e-9
    points = [
        f"{_x(min(1, value / most)):.1f},{_y((place + 1) / len(times)):.1f}"
        for place, value in enumerate(times)
        if value <= most
    ]
    line = f'<polyline class="line" points="{" ".join(points)}"/>'
    middle, late = times[len(times) // 2], times[int(0.95 * (len(times) - 1))]
    caption = (
        f"Time to the whole answer, {len(times)} questions: half within {1000 * middle:.0f} ms,"
        f" 95 % within {1000 * late:.0f} ms."
    )
    return _frame(
        line, caption, [(0, "0"), (0.5, f"{500 * most:.0f} ms"), (1, f"{1000 * most:.0f} ms")]
    )
