"""The figures: what the README says was measured, and how numbers and aims are said."""

from dataclasses import replace

import pytest

from benchmarks import figures, lines
from benchmarks.figures import Figure, count, table

A_RATE = Figure("knocks", "knocks a second", 4000.0, reference=16000.0, least=3500)


def test_the_readme_shows_the_figures_that_are_kept() -> None:
    text = figures.README.read_text(encoding="utf-8")
    shown = text.partition(figures.BEGIN)[2].partition(figures.END)[0]
    assert shown == figures.readme_table()


def test_what_is_kept_is_a_whole_run() -> None:
    machine, kept = figures.kept()
    assert machine["date"]
    assert machine["cores"]
    assert {"knocks", "entries", "waiting", "decision-p99", "doorbells", "memory-guest"} <= {each.name for each in kept}
    assert all(each.reference for each in kept if each.name in ("knocks", "entries"))


@pytest.mark.parametrize(
    ("value", "said"), [(4770.4, "4,770"), (12.34, "12.3"), (0.137, "0.14"), (10_000, "10,000"), (3.0, "3")]
)
def test_numbers_have_as_many_digits_as_mean_something(value: float, said: str) -> None:
    assert count(value) == said


@pytest.mark.parametrize(
    ("figure", "reached"),
    [
        (A_RATE, True),
        (replace(A_RATE, value=3499), False),
        (Figure("decision", "a decision", 19.9, "ms", most=20), True),
        (Figure("decision", "a decision", 20.1, "ms", most=20), False),
        (Figure("picture", "a picture", 120, "ms", reference=100, most_ratio=1.2), True),
        (Figure("picture", "a picture", 121, "ms", reference=100, most_ratio=1.2), False),
        (Figure("memory", "memory", 300, "MiB"), True),
    ],
)
def test_a_table_says_whether_an_aim_is_reached(figure: Figure, reached: bool) -> None:
    assert figure.reached is reached
    assert ("NOT REACHED" in table([figure])) is not reached


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [float(value) for value in range(1, 101)]
    assert lines.percentile(values, 50) == 51
    assert lines.percentile(values, 99) == 100
    assert lines.percentile([7.0], 99) == 7
