"""The refusals: each carries one finished sentence for a person; each face frames them in one place."""


class Refused(Exception):
    """Something that Rollcall will not do, and why.

    `told` is what the bot says, where `sentence` is one that programs expect from PluralKit's API.
    """

    def __init__(self, sentence: str, told: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.told = told or sentence


class Invalid(Refused):
    """The input cannot be taken."""


class TooLarge(Refused):
    """The input is larger than what is kept."""


class NotAuthenticated(Refused):
    """A token is needed, and there is none or a wrong one."""


class NotAllowed(Refused):
    """The caller is known and may not do this."""


class NotFound(Refused):
    """There is no such thing, or the caller must not learn of it."""
