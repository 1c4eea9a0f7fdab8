"""Every address of a URLconf, found by walking it, and what kind of address each is."""

import enum
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.regex_helper import normalize

# Pages and probes for everybody, reviewed one by one. None of them takes an argument.
PUBLIC = {"home", "livez", "readyz", "healthz", "metrics"}
# Pages of a signed-in person about themselves. None of them takes an argument.
PERSONAL = {"account", "clubs", "signed_in", "erase_data", "export_data", "your_data"}
# Arguments that are their own authority: whoever knows one may see what it opens, and no more.
TOKENS = {"invitation_token", "share_token"}


class Kind(enum.StrEnum):
    CLUB = "club"
    API = "api"
    STREAM = "stream"
    ACCOUNT = "account"
    ADMIN = "admin"
    PERSONAL = "personal"
    PUBLIC = "public"
    TOKEN = "token"


class UnclassifiedError(AssertionError):
    """A route about which nobody has said who may see it."""


class UnknownArgumentError(AssertionError):
    """A route with an argument for which there are no look-alike objects."""


@dataclass(frozen=True)
class Route:
    regex: str
    name: str | None
    namespaces: tuple[str, ...]
    view: Callable[..., Any]

    def __str__(self) -> str:
        return self._form

    @property
    def _form(self) -> str:
        return "/" + normalize(self.regex)[0][0].replace("%(", "<").replace(")s", ">")

    @property
    def arguments(self) -> tuple[str, ...]:
        return tuple(normalize(self.regex)[0][1])

    def address(self, values: Mapping[str, object]) -> str:
        """The address with ``values`` in the places of its arguments."""
        if unknown := set(self.arguments) - set(values):
            raise UnknownArgumentError(
                f"{self} takes {sorted(unknown)}: give both clubs such an object in "
                "tests/isolation/objects.py"
            )
        form = normalize(self.regex)[0][0]
        return "/" + form % {name: str(values[name]) for name in self.arguments}

    @property
    def kind(self) -> Kind:
        if "admin" in self.namespaces:
            return Kind.ADMIN
        if self.view.__module__.startswith("allauth."):
            return Kind.ACCOUNT
        if "club_slug" in self.arguments:
            return Kind.CLUB
        if self.regex.startswith("api/") and not self.arguments:
            return Kind.API
        if self.regex.startswith("stream/") and not self.arguments:
            return Kind.STREAM
        if self.name in PUBLIC and not self.arguments:
            return Kind.PUBLIC
        if self.name in PERSONAL and not self.arguments:
            return Kind.PERSONAL
        if len(self.arguments) == 1 and set(self.arguments) <= TOKENS:
            return Kind.TOKEN
        raise UnclassifiedError(
            f"{self} is under no club (no `club_slug`), not an API call, opened by no token, and "
            "neither in PUBLIC nor in PERSONAL"
        )


def walk(urlconf: str | None = None) -> Iterator[Route]:
    yield from _walk(get_resolver(urlconf).url_patterns, "", ())


def _walk(
    patterns: list[URLPattern | URLResolver], prefix: str, namespaces: tuple[str, ...]
) -> Iterator[Route]:
    for entry in patterns:
        regex = prefix + entry.pattern.regex.pattern.removeprefix("^")
        if isinstance(entry, URLResolver):
            inside = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from _walk(entry.url_patterns, regex, inside)
        else:
            yield Route(regex, entry.name, namespaces, entry.callback)
