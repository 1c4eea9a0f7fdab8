"""The audit believes nobody who knows nothing, and passes over nothing that is known."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests import audit
from tests.audit import Finding, UnknowingError, audit_npm, audit_python, report


def pip(*packages: tuple[str, str, list[str]]) -> str:
    return json.dumps(
        {
            "dependencies": [
                {"name": name, "version": version, "vulns": [{"id": each} for each in known]}
                for name, version, known in packages
            ]
        }
    )


def npm(**packages: str) -> str:
    return json.dumps(
        {
            "vulnerabilities": {
                name: {"range": "<1", "via": [{"url": url}, "another"]}
                for name, url in packages.items()
            }
        }
    )


SKIPPED = json.dumps({"dependencies": [{"name": "jinja2", "skip_reason": "not found"}]})
KNOWN = pip(("jinja2", "2.10", ["PYSEC-2019-217"]))
REFUSED = json.dumps({"message": "405 Method Not Allowed", "statusCode": 405})


class Asked:
    """Answers with what it is given, in order."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.commands: list[list[str]] = []

    def __call__(self, command: Sequence[str], _folder: Path) -> str:
        self.commands.append(list(command))
        return self.answers.pop(0)


@pytest.mark.parametrize("answer", [SKIPPED, "", pip(("jinja2", "2.10", []))])
def test_who_does_not_know_what_is_known_is_not_believed(answer):
    asked = Asked(answer)
    with pytest.raises(UnknowingError):
        audit_python(asked)
    assert len(asked.commands) == 1, "nobody asks on"


@pytest.mark.parametrize("answer", [REFUSED, "", npm()])
def test_nor_is_npm(answer):
    with pytest.raises(UnknowingError):
        audit_npm(Asked(answer))


def test_every_lock_is_audited():
    asked = Asked(KNOWN, pip(("a", "1", [])), pip(("b", "2", ["CVE-1"]), ("c", "3", [])))
    assert audit_python(asked) == [Finding("b", "2", "CVE-1")]
    assert [command[-1] for command in asked.commands[1:]] == list(audit.LOCKS)


def test_a_package_of_which_nothing_is_known_is_no_sound_one():
    with pytest.raises(UnknowingError, match="jinja2"):
        audit_python(Asked(KNOWN, SKIPPED))


def test_what_npm_knows_is_found():
    found = audit_npm(Asked(npm(minimist="GHSA-1"), npm(left="GHSA-2")))
    assert found == [Finding("left", "<1", "GHSA-2")]


def unknowing() -> list[Finding]:
    raise UnknowingError("405")


@pytest.mark.parametrize("required", [False, True])
def test_what_was_not_audited_is_said_and_fails_where_it_must_be(required):
    [(line, failure)] = report({"npm": unknowing}, required=required)
    assert "NOT AUDITED: 405" in line
    assert failure is required


def test_a_vulnerability_fails_unless_it_was_accepted_with_a_reason(monkeypatch: Any):
    monkeypatch.setattr(audit, "ACCEPTED", {"CVE-2": "we do not parse it"})
    found = [Finding("a", "1", "CVE-1"), Finding("b", "1", "CVE-2"), Finding("a", "1", "CVE-1")]
    lines = list(report({"Python": lambda: found}, required=False))
    assert [failure for _, failure in lines] == [True, False, False]
    assert "accepted: we do not parse it" in lines[1][0]
    assert "2 known" in lines[2][0]
