"""All data of a person, as one ZIP file: for programs, for people, and the files themselves."""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import BinaryField
from django.utils import timezone
from django_scopes import scopes_disabled

from clubs.models import AuditEvent, User
from clubs.registry import File, PersonalTable, tables

_INTRODUCTION = """\
This is everything that Speechcoach holds of {email}, as of {moment}.

data.json        the same as below, for programs
files/           the files of your saved speeches, by speech and recording

Recordings of your voice are not among it: they are never saved, and are gone minutes after a
session. Below, every table that holds something of yours, what you are to it, and what becomes of
it when you have yourself erased.
"""


@dataclass(frozen=True, slots=True)
class Section:
    """What one table holds of a person."""

    table: PersonalTable
    rows: list[dict[str, Any]]


def export_person(user: User) -> bytes:
    """Everything the tables hold of a person, in all clubs, as a ZIP file. The audit notes it."""
    moment = timezone.now()
    # It is about the person, not about any one club.
    with scopes_disabled():
        sections, files = _read(user)
    AuditEvent.objects.create(
        actor=user.pk, action=AuditEvent.Action.EXPORTED, table="clubs.User", object_id=user.pk
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("read-me.txt", _text(user, sections, moment))
        archive.writestr("data.json", _json(sections))
        for file in files:
            archive.writestr(f"files/{file.name}", file.content)
    return packed.getvalue()


def held_data(user: User) -> list[tuple[str, int, PersonalTable]]:
    """What the tables hold of a person, in all clubs: its name, how many rows, and what it is."""
    with scopes_disabled():
        counted = [(table, table.rows(user).count()) for table in tables()]
    return [(title_of(table), count, table) for table, count in counted if count]


def title_of(table: PersonalTable) -> str:
    """A table as people read of it: "Speeches (operator)"."""
    name = str(table.model._meta.verbose_name_plural)
    return f"{name[:1].upper()}{name[1:]} ({table.role.replace('_', ' ')})"


def _read(user: User) -> tuple[list[Section], list[File]]:
    sections, files = [], []
    for table in tables():
        rows = list(table.rows(user).order_by("pk"))
        sections.append(Section(table, [_plain(table, row) for row in rows]))
        files += [file for row in rows for file in table.files(row)]
    return sections, files


def _plain(table: PersonalTable, row: Any) -> dict[str, Any]:
    """A row's fields by name, but for what is hidden or bytes."""
    return {
        field.attname: field.value_from_object(row)
        for field in table.model._meta.concrete_fields
        if field.name not in table.hidden and not isinstance(field, BinaryField)
    }


def _json(sections: list[Section]) -> str:
    data = {section.table.name: section.rows for section in sections if section.rows}
    return json.dumps(data, cls=DjangoJSONEncoder, indent=2, ensure_ascii=False)


def _text(user: User, sections: list[Section], moment: datetime) -> str:
    return "\n".join(_lines(user, sections, moment))


def _lines(user: User, sections: list[Section], moment: datetime) -> Iterator[str]:
    yield _INTRODUCTION.format(email=user.email, moment=f"{moment:%d %B %Y, %H:%M} UTC")
    for section in sections:
        if not section.rows:
            continue
        table = section.table
        title = title_of(table)
        yield f"{title}\n{'-' * len(title)}"
        yield f"When you are erased: {table.fate.value}. {table.why}\n"
        for row in section.rows:
            for name, value in row.items():
                if value not in (None, "", [], {}):
                    yield f"{name.replace('_', ' ')}: {_readable(value)}"
            yield ""


def _readable(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False).strip('"')
