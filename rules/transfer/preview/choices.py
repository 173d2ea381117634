"""What of an import somebody decides, and which of it a plan asks; what nobody decides opens and mixes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rules.errors import Invalid
from rules.transfer import known_switches
from rules.transfer.import_file import count, quote_some
from rules.transfer.import_plan import Plan

OPENS, FRONTS_NOW, ADDS_UNKNOWN, TAKES_BIRTHDAYS = "opens", "fronts_now", "adds_unknown", "takes_birthdays"
FLAGS = (OPENS, FRONTS_NOW, ADDS_UNKNOWN, TAKES_BIRTHDAYS)
# These change what the file says, and so the plan.
READING = (ADDS_UNKNOWN, TAKES_BIRTHDAYS)
# Where the file's switches would come among others and nobody says what is wanted.
DEFAULT_WAY = known_switches.BEFORE


@dataclass(frozen=True, slots=True)
class Choices:
    """What somebody decided: FLAGS that are on, and one of `known_switches.WAYS` for switches that would mix."""

    flags: frozenset[str] = frozenset()
    switches: str = DEFAULT_WAY

    def __post_init__(self) -> None:
        """Raises Invalid for what is no choice."""
        if not self.flags <= set(FLAGS):
            raise Invalid(f"Choose of {', '.join(FLAGS)}.")
        if self.switches not in known_switches.WAYS:
            raise Invalid(f"The switches must be one of {', '.join(known_switches.WAYS)}.")

    @property
    def reading(self) -> dict[str, bool]:
        """The arguments for `importer.read_files`."""
        return {name: name in self.flags for name in READING}

    def find_unread(self, read_with: "Choices") -> "Choices | None":
        """What the file is to be read with anew, and told anew, where it was read without; None where it was not."""
        wanted = (self.flags | read_with.flags) & set(READING)
        return Choices(wanted) if wanted - read_with.flags else None

    def applied(self, plan: Plan) -> dict[str, Any]:
        """The arguments for `importer.Import`. Where nothing would mix, all switches come in."""
        return {
            "opens": OPENS in self.flags,
            "switches": self.switches if plan.overlap else known_switches.ALL,
            "fronts_now": FRONTS_NOW in self.flags,
        }


def find_offers(plan: Plan) -> dict[str, str]:
    """The FLAGS that a plan leaves open, each with what it does, in words for a person."""
    return dict(_find_offers(plan))


def find_ways(plan: Plan) -> dict[str, str]:
    """The ways to take switches that would mix with others, each in words for a person; none where nothing would."""
    if not plan.overlap:
        return {}
    return {
        known_switches.BEFORE: f"Only the {count(plan.overlap.before, 'switch')} from before my first",
        known_switches.ALL: f"All {count(plan.overlap.new, 'switch')}, among mine",
        known_switches.NONE: "No switches",
    }


def _find_offers(plan: Plan) -> Iterator[tuple[str, str]]:
    if plan.openings:
        yield OPENS, "Make public what is private here and public in the file"
    if plan.fronting and plan.new_switches:
        yield FRONTS_NOW, f"They front now: {quote_some(plan.fronting)}"
    if plan.unknown:
        yield ADDS_UNKNOWN, f"Make members of {plan.unknown:,} who front and are not in the file"
    if plan.birthdays:
        yield TAKES_BIRTHDAYS, f"Take {count(plan.birthdays, 'field')} for birthdays"
