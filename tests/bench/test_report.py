"""Results: single figures by path, tables, comparisons."""

from typing import Any

from tests.bench import report


def result(**measures: Any) -> dict[str, Any]:
    return {
        "mode": "quick",
        "date": "2026-01-02T03:04:05+00:00",
        "commit": "0123456789abcdef",
        "uncommittedChanges": False,
        "machine": {"cpu": "A", "cores": 2, "memoryMiB": 4_096, "loadAverageBefore": 0.1},
        "python": "3.11.9",
        "measures": measures,
        "leftOut": {"vault.redis": "no Redis answers"},
    }


def test_figures_are_single_values_by_path():
    measured = {"fast": {"first": 1.5, "each": [1, 2]}, "audio": "noise"}
    assert dict(report.figures(measured)) == {"fast.first": 1.5, "audio": "noise"}


def test_the_table_names_machine_figures_and_what_was_left_out():
    text = report.table(result(machine={"p50Micros": 48.2}))
    assert "A, 2 cores, 4096 MiB" in text
    assert "p50Micros  48.2" in text
    assert "left out: vault.redis: no Redis answers" in text


def lines(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


def test_a_comparison_gives_the_new_figure_as_a_multiple_of_the_old_one():
    text = report.comparison(
        result(machine={"p50": 40.0, "gone": 1, "kind": "x"}),
        result(machine={"p50": 50.0, "new": 2, "kind": "y"}),
    )
    assert ["machine.p50", "40", "50", "1.25"] in lines(text)
    assert ["machine.gone", "1", "–", "–"] in lines(text)
    assert ["machine.new", "–", "2", "–"] in lines(text)
    assert "machine.kind" not in text
    assert "Not of one kind" not in text


def test_a_comparison_of_two_machines_says_so():
    other = result()
    other["machine"] = {**other["machine"], "cpu": "B"}
    assert "Not of one kind: machine differ" in report.comparison(result(), other)


def test_a_busy_machine_is_still_the_same_machine():
    other = result()
    other["machine"] = {**other["machine"], "loadAverageBefore": 9.0}
    assert "Not of one kind" not in report.comparison(result(), other)


def test_a_result_survives_its_file(tmp_path):
    path = tmp_path / "bench" / "latest.json"
    report.save(path, result(machine={"p50": 1.25}))
    assert report.load(path) == result(machine={"p50": 1.25})
