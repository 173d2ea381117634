"""Roles and permissions."""

from simulator.client.caller import Caller


class RoleVerbs(Caller):
    """Verbs about what somebody may do. THREAD_LIST_SYNC follows where the bot sees more than before."""

    def add_role(
        self,
        name: str,
        guild: str | None = None,
        permissions: list[str] | None = None,
        users: list[str] | None = None,
        mentionable: bool = False,
    ) -> str:
        """A new role (GUILD_ROLE_CREATE), given to some members; its id."""
        return self.call(
            "add_role", name=name, guild=guild, permissions=permissions, users=users, mentionable=mentionable
        )

    def edit_role(self, role: str, name: str | None = None, mentionable: bool | None = None) -> None:
        """Change a role, named by its id (GUILD_ROLE_UPDATE)."""
        self.call("edit_role", role=role, name=name, mentionable=mentionable)

    def delete_role(self, role: str) -> None:
        """Remove a role (GUILD_ROLE_DELETE, GUILD_MEMBER_UPDATE)."""
        self.call("delete_role", role=role)

    def give_role(self, user: str, role: str, take: bool = False) -> None:
        """Give a member a role, or take it away (GUILD_MEMBER_UPDATE)."""
        self.call("give_role", user=user, role=role, take=take)

    def set_permissions(
        self, where: str, allow: list[str] | None = None, deny: list[str] | None = None, who: str = "bot"
    ) -> None:
        """What "bot", "everyone", a user or a role may do in a channel (overwrite) or a guild (role bits)."""
        self.call("set_permissions", where=where, allow=allow, deny=deny, who=who)
