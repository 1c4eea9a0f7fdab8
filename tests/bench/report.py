"""Results as JSON, as a table, and one beside another."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any


def figures(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """What a table shows of a result: single values by dotted path, no series."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from figures(inner, (*path, name))
    elif not isinstance(value, list):
        yield ".".join(path), value


def table(result: Mapping[str, Any]) -> str:
    """A result for people."""
    machine = result["machine"]
    changes = " with uncommitted changes" if result["uncommittedChanges"] else ""
    lines = [
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memoryMiB']} MiB",
        f"Python {result['python']}, {_origin(result)}{changes}",
        f"load before the first measure: {machine['loadAverageBefore']}",
    ]
    for name, measured in result["measures"].items():
        lines += ["", name]
        lines += _columns([(path, _shown(value)) for path, value in figures(measured)])
    lines += [f"\nleft out: {name}: {why}" for name, why in result["leftOut"].items()]
    return "\n".join(lines)


def comparison(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """Two results side by side, and the new figure as a multiple of the old one."""
    lines = [f"A: {_origin(old)}", f"B: {_origin(new)}"]
    if differing := [
        name for name in ("machine", "python", "mode") if _kind(old, name) != _kind(new, name)
    ]:
        lines.append(f"Not of one kind: {', '.join(differing)} differ.")
    before, after = dict(figures(old["measures"])), dict(figures(new["measures"]))
    rows = [("", "A", "B", "B / A")]
    for path in [*before, *(path for path in after if path not in before)]:
        a, b = before.get(path), after.get(path)
        if _is_number(a) or _is_number(b):
            rows.append((path, _shown(a), _shown(b), _ratio(a, b)))
    return "\n".join([*lines, "", *_columns(rows)])


def load(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(path.read_text())
    return value


def save(path: Path, result: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=2) + "\n")


def _origin(result: Mapping[str, Any]) -> str:
    return f"{result['date']}, commit {(result['commit'] or 'unknown')[:10]}"


def _kind(result: Mapping[str, Any], name: str) -> Any:
    value = result[name]
    return {**value, "loadAverageBefore": None} if isinstance(value, Mapping) else value


def _ratio(a: Any, b: Any) -> str:
    return f"{b / a:.2f}" if _is_number(a) and _is_number(b) and a else "–"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Rows as lines; the first column to the left, the others to the right."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))] if rows else []
    return [
        "  "
        + "  ".join(
            cell.rjust(width) if at else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
