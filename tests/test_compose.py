"""``docker-compose.yml`` says what the stack's topology says, and keeps its own promises."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from speechcoach.stack import probe, topology
from speechcoach.stack.topology import SERVICES, Service
from tests.stack.own_postgres import WORDLESS

ROOT = Path(__file__).resolve().parent.parent
PORT = {"broker": "6379", "volatile": "6379", "web": "8000"}
FOLDER = {"broker": "/data", "volatile": "/data", "beat": "/tmp"}
# Open to the machine it runs on, and to nobody else.
DOORS = {"proxy", "grafana"}


def interpolated(text: str, variables: Mapping[str, str]) -> str:
    """As Compose does it: ``${NAME:-default}``, where a default may hold another."""

    def value(found: re.Match[str]) -> str:
        return variables.get(found[1]) or found[2]

    inner = re.compile(r"\$\{(\w+):-((?:[^${}]|\$(?!\{))*)\}")
    while inner.search(text):
        text = inner.sub(value, text)
    assert "${" not in text, "every variable has a default"
    return text


def composed(**variables: str) -> dict[str, Any]:
    text = (ROOT / "docker-compose.yml").read_text()
    loaded: dict[str, Any] = yaml.safe_load(interpolated(text, variables))
    return loaded


def example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


COMPOSED = composed(**example())
ALL: dict[str, dict[str, Any]] = COMPOSED["services"]
OURS = [each for each in SERVICES if each not in topology.STORES]
NAMES = sorted(ALL)


def in_composed(service: Service) -> dict[str, Any]:
    return ALL[service.name]


def test_nothing_runs_that_the_topology_does_not_know():
    brought = {"postgres", "proxy"}
    assert {each.name for each in SERVICES} | brought == {
        name for name, each in ALL.items() if "profiles" not in each
    }


@pytest.mark.parametrize("service", SERVICES, ids=lambda each: each.name)
def test_each_process_runs_as_the_topology_says(service: Service):
    there, name = in_composed(service), service.name
    place = {"host": "0.0.0.0", "port": PORT.get(name, ""), "folder": FOLDER.get(name, "")}
    assert there["command"] == service.command_at(**place)
    assert there["stop_grace_period"] == f"{service.grace_seconds}s"
    assert there.get("deploy", {}).get("replicas", 1) == service.replicas
    assert there["restart"] == ("no" if service.once else "unless-stopped")
    if service.shows_life:
        alive = there["environment"]["ALIVE_FILE"]
        assert there["healthcheck"]["test"][-2:] == ["speechcoach/stack/probe.py", alive]


@pytest.mark.parametrize("service", OURS, ids=lambda each: each.name)
@pytest.mark.parametrize("origin", ["", "https://club.example.com"])
def test_each_process_of_ours_is_told_what_the_topology_says(service: Service, origin: str):
    there = composed(**{**example(), "PORT": "8443", "ALLOWED_ORIGINS": origin})
    told = dict(there["services"][service.name]["environment"])
    assert (told.pop("ALIVE_FILE", None) is not None) == service.shows_life
    assert told == topology.environment(
        database="postgresql://speechcoach:speechcoach@postgres:5432/speechcoach",
        broker="redis://broker:6379/0",
        volatile="redis://volatile:6379/0",
        origin=origin or "http://localhost:8443,http://127.0.0.1:8443",
        folder="/data",
        static="/app/staticfiles",
    )


@pytest.mark.parametrize("service", OURS, ids=lambda each: each.name)
def test_each_process_of_ours_waits_for_what_it_needs(service: Service):
    waits = {name: each["condition"] for name, each in in_composed(service)["depends_on"].items()}
    ready = dict.fromkeys(("postgres", "broker", "volatile"), "service_healthy")
    done = {} if service.once else {"migrate": "service_completed_successfully"}
    assert waits == {**ready, **done}


@pytest.mark.parametrize("name", NAMES)
def test_each_container_may_do_as_little_as_it_can(name: str):
    there = ALL[name]
    assert there["read_only"] is True
    assert there["cap_drop"] == ["ALL"]
    assert "cap_add" not in there
    assert there["security_opt"] == ["no-new-privileges:true"]
    assert "build" in there or there["user"] != "root"
    assert "privileged" not in there


@pytest.mark.parametrize("name", NAMES)
def test_each_container_says_whether_it_is_well(name: str):
    assert (name == "migrate") != ("healthcheck" in ALL[name])


@pytest.mark.parametrize("name", NAMES)
def test_each_image_is_of_one_version(name: str):
    image = ALL[name]["image"]
    assert "build" in ALL[name] or re.search(r":v?\d+\.\d+(\.\d+)?(-\w+)?$", image), image


def test_postgres_logs_no_statement_for_it_may_hold_what_was_said():
    command = ALL["postgres"]["command"]
    assert {f"{name}={value}" for name, value in WORDLESS.items()} <= set(command)


@pytest.mark.parametrize("name", NAMES)
def test_only_this_machine_gets_in_and_only_by_a_door(name: str):
    ports = ALL[name].get("ports", [])
    assert bool(ports) == (name in DOORS)
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_stores_reach_nobody_and_are_reached_by_ours_only():
    assert COMPOSED["networks"]["stores"] == {"internal": True}
    for name in ("postgres", "broker", "volatile"):
        assert ALL[name]["networks"] == ["stores"]
    assert "stores" not in ALL["proxy"]["networks"]


def test_captured_speech_reaches_no_disk():
    for name in ("volatile", *(each.name for each in OURS)):
        there = ALL[name]
        # Neither swapped out nor dumped.
        assert there["memswap_limit"] == there["mem_limit"]
        assert there["ulimits"]["core"] == 0
        mounted = {volume.split(":")[0] for volume in there.get("volumes", [])}
        assert mounted <= {"keys"}
        assert there["tmpfs"]
    assert ALL["volatile"]["tmpfs"][0].startswith("/data:"), "in the place of the image's volume"


def test_only_who_makes_the_key_may_write_it():
    mounts = {each.name: in_composed(each)["volumes"] for each in OURS}
    assert mounts.pop("migrate") == ["keys:/data"]
    assert all(volumes == ["keys:/data:ro"] for volumes in mounts.values())


def test_the_image_has_all_that_the_code_needs(tmp_path: Path):
    """What ``.dockerignore`` lets in is enough to start."""
    let_in = [
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    ]
    for name in let_in:
        there = tmp_path / name
        there.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, there, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, there)
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=tmp_path,
        env={"DEBUG": "false", "SECRET_KEY": "for-this-line-only", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.iterdir()} >= {"manage.py", "requirements-stack.txt"}


def test_a_probe_believes_a_file_only_while_it_is_touched(tmp_path):
    alive = tmp_path / "alive"
    assert probe.fault(str(alive)) is not None
    alive.touch()
    assert probe.fault(str(alive)) is None
    before = alive.stat().st_mtime - probe.ALIVE_SECONDS - 1
    os.utime(alive, (before, before))
    assert "no sign of life" in str(probe.fault(str(alive)))
