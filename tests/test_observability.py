"""The board and the rules ask for figures that there are."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client

import sessions_app.live.routing  # noqa: F401 - sockets bring their figures with them
from speechcoach.metrics.shared import _Shared

ROOT = Path(__file__).resolve().parent.parent
BOARD = json.loads((ROOT / "deploy" / "grafana" / "boards" / "speechcoach.json").read_text())
RULES = [
    rule
    for group in yaml.safe_load((ROOT / "deploy" / "rules.yml").read_text())["groups"]
    for rule in group["rules"]
]
PANELS = [panel for panel in BOARD["panels"] if panel["type"] != "row"]
# Prometheus's own, and what a process on Linux says of itself.
GIVEN = {"up", "process_resident_memory_bytes", "process_cpu_seconds_total"}
PARTS = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("",), "gauge": ("",)}
LABELS = {"le", "job", "instance", "state", "kind", "queue", "part", "provider", "fault"}


def asked(expression: str) -> set[str]:
    return set(re.findall(r"\b(?:speechcoach|process)_\w+\b|\bup\b", expression))


def labels(expression: str) -> set[str]:
    grouped = re.findall(r"\bby \(([^)]*)\)", expression)
    matched = re.findall(r"(\w+)=~?\"", expression)
    return {name.strip() for names in grouped for name in names.split(",")} | set(matched)


@pytest.fixture
def told(db) -> set[str]:
    text = Client().get("/metrics").content.decode()
    return {
        name + part
        for name, kind in re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE)
        for part in PARTS[kind]
    }


def expressions() -> list[str]:
    of_board = [target["expr"] for panel in PANELS for target in panel["targets"]]
    return [*of_board, *(rule["expr"] for rule in RULES)]


def test_every_figure_that_is_asked_for_is_told(told: set[str]):
    wanted = set.union(*map(asked, expressions()))
    assert wanted > GIVEN
    assert wanted - told - GIVEN == set()


def test_every_label_that_is_asked_for_is_there():
    shared = {label for each in _Shared.known for label in each.labels}
    assert set.union(*map(labels, expressions())) <= LABELS | shared
    legends = [target["legendFormat"] for panel in PANELS for target in panel["targets"]]
    for text in [*legends, *(rule["annotations"]["summary"] for rule in RULES)]:
        named = set(re.findall(r"\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}", text))
        assert named <= LABELS | shared, text


def test_every_figure_of_ours_is_explained(told: set[str]):
    explained = (ROOT / "docs" / "deployment.md").read_text()
    for name in told:
        ours = re.sub(r"_(bucket|sum|count|created)$", "", name)
        if ours.startswith("speechcoach_") and not ours.startswith("speechcoach_coach_"):
            assert f"`{ours}" in explained, ours


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_every_alert_says_what_is_wrong_and_how_bad_it_is(rule: dict[str, Any]):
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert rule["annotations"]["summary"]


def test_every_panel_has_a_place_of_its_own():
    taken: set[tuple[int, int]] = set()
    for panel in BOARD["panels"]:
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(BOARD["panels"])
