"""``python -m tests.audit``: are there known vulnerabilities in what we depend on?

Only those who collect them can say so, and not every registry does: a mirror may have packages and
no advisories. So each is first asked about a package that is known to be vulnerable. Who does not
know that one is not believed about the others: they are reported as *not audited*, which fails
where ``AUDIT=required``.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
LOCKS: Final = ("requirements-stack.txt", "requirements-dev.txt")
SECONDS: Final = 300

# By the identifiers of advisories: why it does not touch us, and what would change that.
ACCEPTED: Final[dict[str, str]] = {}

Run = Callable[[Sequence[str], Path], str]


@dataclass(frozen=True, slots=True)
class Finding:
    package: str
    version: str
    advisory: str

    def __str__(self) -> str:
        return f"{self.package} {self.version}: {self.advisory}"


class UnknowingError(Exception):
    """Whoever was asked has no answer; says why."""


def run(command: Sequence[str], folder: Path) -> str:
    """What a command writes to its standard output."""
    done = subprocess.run(
        list(command), cwd=folder, capture_output=True, text=True, check=False, timeout=SECONDS
    )
    return done.stdout


def of_python(answer: str) -> list[Finding]:
    """
    Raises:
        UnknowingError: pip-audit could not ask, or was told nothing of a package.
    """
    found = _json(answer, "pip-audit")
    unknown = [each["name"] for each in found["dependencies"] if "skip_reason" in each]
    if unknown:
        raise UnknowingError(f"nothing is known of {', '.join(unknown[:5])}")
    return [
        Finding(each["name"], each["version"], vulnerability["id"])
        for each in found["dependencies"]
        for vulnerability in each["vulns"]
    ]


def of_npm(answer: str) -> list[Finding]:
    """
    Raises:
        UnknowingError: npm could not ask.
    """
    found = _json(answer, "npm")
    if "vulnerabilities" not in found:
        raise UnknowingError(str(found.get("message", "npm audit gave no answer")))
    return [
        Finding(name, each["range"], str(via.get("url", via.get("source"))))
        for name, each in found["vulnerabilities"].items()
        for via in each["via"]
        if isinstance(via, dict)
    ]


def _json(answer: str, who: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(answer)
    except ValueError as error:
        raise UnknowingError(f"{who} gave no answer") from error
    return found


def audit_python(ask: Run = run) -> list[Finding]:
    """
    Raises:
        UnknowingError: as :func:`of_python`.
    """
    audit = [
        *(sys.executable, "-m", "pip_audit", "--progress-spinner", "off", "--format", "json"),
        "--disable-pip",
    ]
    with tempfile.TemporaryDirectory() as folder:
        canary = Path(folder, "requirements.txt")
        # CVE-2019-10906, among others.
        canary.write_text("jinja2==2.10\n")
        if not of_python(ask([*audit, "--no-deps", "-r", str(canary)], ROOT)):
            raise UnknowingError("jinja2 2.10 is taken for sound")
    return [
        finding
        for lock in LOCKS
        for finding in of_python(ask([*audit, "--require-hashes", "-r", lock], ROOT))
    ]


def audit_npm(ask: Run = run) -> list[Finding]:
    """
    Raises:
        UnknowingError: as :func:`of_npm`.
    """
    audit = ["npm", "audit", "--json"]
    with tempfile.TemporaryDirectory() as folder:
        _write_canary(Path(folder))
        if not of_npm(ask([*audit, "--package-lock-only"], Path(folder))):
            raise UnknowingError("minimist 0.0.8 is taken for sound")
    return of_npm(ask(audit, ROOT / "tests" / "js"))


def _write_canary(folder: Path) -> None:
    """A lock with a package of which npm knows CVE-2020-7598."""
    needs = {"dependencies": {"minimist": "0.0.8"}}
    at = "https://registry.npmjs.org/minimist/-/minimist-0.0.8.tgz"
    lock = {
        "name": "canary",
        "lockfileVersion": 3,
        "packages": {"": needs, "node_modules/minimist": {"version": "0.0.8", "resolved": at}},
    }
    (folder / "package.json").write_text(json.dumps({"name": "canary", **needs}))
    (folder / "package-lock.json").write_text(json.dumps(lock))


def report(
    audits: dict[str, Callable[[], list[Finding]]], *, required: bool
) -> Iterator[tuple[str, bool]]:
    """Lines to print, and whether each is a failure."""
    for name, audit in audits.items():
        try:
            found = audit()
        except UnknowingError as error:
            yield f"{name}: NOT AUDITED: {error}", required
            continue
        for finding in sorted(set(found), key=str):
            why = ACCEPTED.get(finding.advisory)
            yield f"{name}: {finding}" + (f" (accepted: {why})" if why else ""), why is None
        yield f"{name}: audited, {len(set(found))} known vulnerabilities", False


def main() -> int:
    failed = False
    required = os.environ.get("AUDIT") == "required"
    for line, failure in report({"Python": audit_python, "npm": audit_npm}, required=required):
        print(f"   {line}", flush=True)
        failed = failed or failure
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
