"""The layout rules of the project, held by walking the tree."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("speechcoach", "clubs", "evaluations", "sessions_app")
# Who may import whom: a package sees those before it, and of `speechcoach` the shared modules only.
RANK = {"clubs": 1, "evaluations": 2, "sessions_app": 3}
SHARED = {
    f"speechcoach.{name}"
    for name in (
        "audio_lane",
        "breaker",
        "clock",
        "env",
        "errors",
        "groups",
        "logs",
        "metrics",
        "model_table",
        "retry",
        "tracing",
    )
}
COMPOSITION_ROOT = "speechcoach.providers"

IMPURE_MODULES = {
    "asyncio", "celery", "channels", "django", "httpx", "io", "logging", "multiprocessing", "os",
    "pathlib", "random", "secrets", "shutil", "socket", "subprocess", "tempfile", "threading",
    "time", "websockets",
}  # fmt: skip
IMPURE_CALLS = {
    "open", "input", "print", "datetime.now", "datetime.utcnow", "datetime.today", "date.today",
    "datetime.datetime.now", "datetime.date.today", "uuid.uuid1", "uuid.uuid4", "uuid4",
}  # fmt: skip
IMPURE_PREFIXES = ("np.random.", "numpy.random.")


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT)


def parse(module: Path) -> ast.Module:
    return ast.parse((ROOT / module).read_text(), str(module))


def imports(tree: ast.Module) -> Iterator[str]:
    """Dotted names a module imports, inside functions too; for ``from a import b`` also ``a.b``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def calls(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def is_entry_point(module: Path) -> bool:
    return (
        module.parts[0] == "speechcoach"
        or module.name == "tasks.py"
        or module.parts[-3:-1] == ("management", "commands")
    )


def import_faults(module: Path, tree: ast.Module) -> list[str]:
    """Imports that point the wrong way, or at the composition root from inside."""
    faults = []
    home = module.parts[0]
    for name in imports(tree):
        package = name.partition(".")[0]
        if package == "tests":
            faults.append(f"{name}: the product does not import its tests")
        if name == COMPOSITION_ROOT and not is_entry_point(module):
            faults.append(f"{name}: only entry points import the composition root")
        if home in RANK:
            if RANK.get(package, 0) > RANK[home]:
                faults.append(f"{name}: {home} comes before {package}")
            if (
                name.startswith("speechcoach.")
                and not name.startswith(COMPOSITION_ROOT)
                and not any(name == shared or name.startswith(f"{shared}.") for shared in SHARED)
            ):
                faults.append(f"{name}: of speechcoach only {sorted(SHARED)}")
        elif ".".join(module.with_suffix("").parts) in SHARED and package in RANK:
            faults.append(f"{name}: shared modules import no application")
    return faults


def purity_faults(tree: ast.Module) -> list[str]:
    """What a pure module may not have: the outside world, a clock, chance."""
    faults = [name for name in imports(tree) if name.partition(".")[0] in IMPURE_MODULES]
    faults += [
        name for name in calls(tree) if name in IMPURE_CALLS or name.startswith(IMPURE_PREFIXES)
    ]
    faults += [
        type(node).__name__
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith)
    ]
    return faults


def orm_faults(tree: ast.Module) -> list[str]:
    """Ways to the ORM: models, querysets, managers, the database module."""
    faults = [
        name
        for name in imports(tree)
        if re.match(r"django\.(db|contrib\.auth\.models)|channels\.db|\w+\.models", name)
    ]
    return faults + [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}
    ]


ALL = list(modules())
PURE = [
    module
    for module in ALL
    if {"core", "contract", "progress", "protocol"} & set(module.parts[:-1])
]
LIVE = [
    module
    for module in ALL
    if module.parts[:2] == ("sessions_app", "live") and module.name != "store.py"
]


@pytest.mark.parametrize("module", ALL, ids=str)
def test_imports_point_one_way(module: Path) -> None:
    assert import_faults(module, parse(module)) == []


@pytest.mark.parametrize("module", PURE, ids=str)
def test_core_and_contract_are_pure(module: Path) -> None:
    assert purity_faults(parse(module)) == []


@pytest.mark.parametrize("module", [*LIVE, *PURE], ids=str)
def test_only_the_store_touches_the_orm_on_the_live_path(module: Path) -> None:
    assert orm_faults(parse(module)) == []


@pytest.mark.parametrize("module", ALL, ids=str)
def test_no_file_is_over_400_lines(module: Path) -> None:
    assert len((ROOT / module).read_text().splitlines()) <= 400


def test_there_is_something_to_check() -> None:
    assert len(ALL) > 50
    assert Path("sessions_app/core/machine.py") in PURE
    assert Path("sessions_app/live/consumer.py") in LIVE


class TestStems:
    """What belongs to a page stands at the page's address in every tree."""

    @staticmethod
    def pages(tree: str, pattern: str) -> list[Path]:
        base = ROOT / tree
        return sorted(path.relative_to(base).with_suffix("") for path in base.rglob(pattern))

    def test_scripts_and_styles_have_a_page(self) -> None:
        templates = set(self.pages("templates/clubs", "*.html"))
        for tree, pattern in (("static/js/clubs", "*.js"), ("static/css/clubs", "*.css")):
            assert set(self.pages(tree, pattern)) <= templates, tree

    def test_browser_tests_have_a_page(self) -> None:
        """``test_live.py``, and a file for each further side of it: ``test_live_settings.py``."""
        templates = set(self.pages("templates/clubs", "*.html"))
        for test in self.pages("tests/browser/clubs", "test_*.py"):
            name = test.name.removeprefix("test_")
            assert {test.with_name(name), test.with_name(name.split("_")[0])} & templates, test


@pytest.mark.parametrize(
    ("package", "title"),
    [("sessions_app", "Life of a chunk"), ("evaluations", "Life of an evaluation")],
)
def test_the_way_that_is_written_down_exists(package: str, title: str) -> None:
    docstring = ast.get_docstring(parse(Path(package, "__init__.py"))) or ""
    assert title in docstring
    named = re.findall(r"[\w./-]+\.(?:py|js)\b", docstring)
    assert len(named) >= 5
    for name in named:
        places = [ROOT / package / name, ROOT / name, ROOT / "static/js" / name]
        assert any(place.is_file() for place in places), f"{name} does not exist"


class TestOfTheTest:
    """Faults that the rules above must see."""

    @pytest.mark.parametrize(
        ("module", "source"),
        [
            ("clubs/views.py", "import sessions_app.models"),
            ("clubs/management/commands/seed_demo.py", "from sessions_app import models"),
            ("evaluations/x.py", "def f():\n    from sessions_app.models import Speech"),
            ("evaluations/x.py", "from speechcoach import settings"),
            ("sessions_app/views.py", "from speechcoach.providers import vault"),
            ("sessions_app/views.py", "from speechcoach import providers"),
            ("speechcoach/errors.py", "from clubs.models import Club"),
            ("clubs/views.py", "from tests.cast import Cast"),
        ],
    )
    def test_imports(self, module: str, source: str) -> None:
        assert import_faults(Path(module), ast.parse(source))

    @pytest.mark.parametrize(
        ("module", "source"),
        [
            ("sessions_app/tasks.py", "from speechcoach.providers import vault"),
            ("speechcoach/asgi.py", "from speechcoach import providers"),
            ("evaluations/x.py", "from speechcoach.errors import ProductError"),
            ("evaluations/x.py", "from clubs.models import Club"),
        ],
    )
    def test_allowed_imports(self, module: str, source: str) -> None:
        assert not import_faults(Path(module), ast.parse(source))

    @pytest.mark.parametrize(
        "source",
        [
            "import time",
            "from django.conf import settings",
            "import os.path",
            "open('x')",
            "datetime.now(UTC)",
            "np.random.normal()",
            "async def f(): ...",
        ],
    )
    def test_purity(self, source: str) -> None:
        assert purity_faults(ast.parse(source))

    @pytest.mark.parametrize(
        "source",
        [
            "from sessions_app.models import Speech",
            "from clubs import models",
            "from channels.db import database_sync_to_async",
            "x = Speech.objects",
        ],
    )
    def test_orm(self, source: str) -> None:
        assert orm_faults(ast.parse(source))
