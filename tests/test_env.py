"""The environment, its example and the settings agree."""

import re
from pathlib import Path

from speechcoach import env as env_module
from speechcoach.env import BASE_DIR, SCHEMA, Environment


def example() -> dict[str, str]:
    lines = (BASE_DIR / ".env.example").read_text().splitlines()
    pairs = (line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return dict(pairs)


def test_the_example_names_every_variable_and_no_other():
    composed = re.findall(r"\$\{(\w+)", (BASE_DIR / "docker-compose.yml").read_text())
    assert set(example()) == set(SCHEMA) | set(composed)


def test_the_example_shows_the_defaults(tmp_path, monkeypatch):
    for name in SCHEMA:
        monkeypatch.delenv(name, raising=False)
    bare = Environment(dotenv=None)
    copied = tmp_path / ".env"
    copied.write_text((BASE_DIR / ".env.example").read_text())
    defaults = {name: bare._env(name) for name in SCHEMA}
    shown = Environment(dotenv=copied)
    assert {name: shown._env(name) for name in SCHEMA} == defaults


def test_settings_read_only_what_the_schema_knows():
    read = re.findall(
        r"env\.(?:text|flag|integer|number|items)\(\"(\w+)\"\)",
        "".join(path.read_text() for path in Path(env_module.__file__).parent.rglob("*.py")),
    )
    assert set(read) <= set(SCHEMA)


def test_a_secret_with_a_trailing_newline_works(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "a-secret\n")
    assert Environment(dotenv=None).text("SECRET_KEY") == "a-secret"
