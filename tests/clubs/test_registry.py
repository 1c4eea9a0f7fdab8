"""Every table is either personal, and then exported and erased, or said not to be."""

import pytest
from django.apps import apps

from clubs.registry import Fate, PersonalTable, exempt, tables


def _models():
    return {model._meta.label for model in apps.get_models(include_auto_created=True)}


def test_every_table_is_in_exactly_one_class():
    personal = {table.model._meta.label for table in tables()}
    nowhere = _models() - personal - set(exempt())
    assert not nowhere, (
        f"{sorted(nowhere)}: say in the application's shredders.py what of a person they hold "
        "(clubs.registry.personal), or that they hold nothing (impersonal)"
    )
    assert not personal & set(exempt())


def test_what_is_said_of_tables_is_said_of_tables_that_exist():
    assert set(exempt()) <= _models()


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.name)
def test_a_table_says_why(table: PersonalTable):
    assert table.why.endswith(".")
    names = {field.name for field in table.model._meta.concrete_fields}
    assert table.hidden <= names


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.name)
def test_secrets_are_not_exported(table: PersonalTable):
    names = {field.name for field in table.model._meta.concrete_fields} - table.hidden
    assert not [name for name in names if name in {"key", "password"} or name.startswith("token")]


def test_how_it_is_anonymised_is_said_where_it_is():
    table = tables()[0]
    with pytest.raises(ValueError, match="anonymised"):
        PersonalTable(table.model, "nobody", table.rows, Fate.ANONYMISED, "Why not.")
