"""Whom PUBLISH lets in, as the gateway session knows it: the role's holders, and who becomes one."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rules.presence import publication
from rules.presence.payloads import read_roles


@dataclass
class Publication:
    """`without_role`: who was last seen without the role; an answer from before must not bring them back.

    `before`: who was published when nothing was received any more, until all members are known again; None where nobody
    was, or where it does not matter.
    """

    choice: str
    role_ids: set[str] = field(default_factory=set)
    without_role: set[str] = field(default_factory=set)
    before: set[int] | None = None

    @property
    def problem(self) -> str | None:
        """Why the choice publishes nobody here, in one sentence, or None."""
        return publication.find_problem(self.choice, self.role_ids)

    @property
    def is_by_role(self) -> bool:
        """Whether a role's holders are published."""
        return publication.role_of(self.choice) is not None

    def begin(self, guild: dict[str, Any]) -> None:
        """The home server comes, with its roles; what was known of its members is of before."""
        roles = guild.get("roles")
        known = [role for role in roles if isinstance(role, dict)] if isinstance(roles, list) else []
        self.role_ids = {role["id"] for role in known if "id" in role}
        self.without_role.clear()

    def drop_role(self, role_id: str) -> bool:
        """A role was deleted; whether it was the one that publishes. Discord may not tell its holders one by one."""
        self.role_ids.discard(role_id)
        return role_id == publication.role_of(self.choice)

    def take_seed(self, member: dict[str, Any]) -> bool:
        """Note a member that was asked for; whether it may be believed."""
        if not self.is_by_role:
            return True
        user_id = member["user"]["id"]
        if not self._has_role(member):
            self.without_role.add(user_id)
            return True
        return user_id not in self.without_role and self.problem is None

    def came_since(self, member: dict[str, Any], since: int) -> bool:
        """Whether a member joined after a time (ms) since which nothing was received, or was given the role then."""
        if self.choice == publication.OPTIN or not self._has_role(member):
            return False
        if self.before and int(member["user"]["id"]) not in self.before:
            return True
        try:
            return datetime.fromisoformat(member["joined_at"]).timestamp() * 1000 >= since
        except (KeyError, TypeError, ValueError):
            return False

    def take_event(self, member: dict[str, Any], joins: bool = False) -> bool:
        """Note a member that joined or changed; whether this is what publishes the member."""
        if self.choice == publication.EVERYONE:
            return joins
        if not self.is_by_role:
            return False
        user_id = member["user"]["id"]
        before = not joins and user_id not in self.without_role
        has_role = self._has_role(member)
        if has_role:
            self.without_role.discard(user_id)
        else:
            self.without_role.add(user_id)
        return has_role and not before

    def _has_role(self, member: dict[str, Any]) -> bool:
        return publication.is_published(self.choice, False, read_roles(member))
