"""The IDs by which a file of PluralPort calls what is in it: made of our own, so that they never change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from rules.transfer.formats.pluralport.records import OWN_APP

_NAMESPACE = UUID("5d1a4f0e-6b0c-4f0b-9c55-0a7d3b1c9e42")
_APPS = {
    "Simply Plural": "simply_plural",
    "Octocon": "octocon",
    "Tupperbox": "tupperbox",
    "PluralKit": "pluralkit",
    "Ampersand": "ampersand",
    "Rollcall": OWN_APP,
}
_OF_PLURALPORT = " (PluralPort)"


@dataclass(frozen=True, slots=True)
class Ids:
    """The file's IDs of a system, and of its members and groups by the numbers of their rows."""

    system: str
    members: Mapping[int, str]
    groups: Mapping[int, str]

    def of(self, *parts: object) -> str:
        """The ID of something else of the system that these words tell from all else of it."""
        return make_id(self.system, *parts)


def make_id(*parts: object) -> str:
    """An ID for what these words tell from all else."""
    return str(uuid5(_NAMESPACE, ":".join(map(str, parts))))


def is_of_pluralport(app: str) -> bool:
    """Whether what is called so came in a file of PluralPort, whichever program wrote that."""
    return f" {app}".endswith((" PluralPort", _OF_PLURALPORT))


def name_app(app: str) -> str:
    """PluralPort's name of a program that we call so."""
    name = app.removesuffix(_OF_PLURALPORT)
    return _APPS.get(name) or "_".join(name.lower().split())


def make_ref(app: str, source: str) -> dict[str, Any]:
    """A reference to where something came from, by its ID there, such as `members:65f0…`."""
    collection, _, own_id = source.partition(":")
    return {"app": name_app(app), "collection": collection, "id": own_id}
