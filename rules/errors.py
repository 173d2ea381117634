"""The refusals: each carries one finished sentence for a person; each face frames them in one place."""


class Refused(Exception):
    """Something that Rollcall will not do, and why.

    `told` is what the bot says, where `sentence` is one that programs expect from PluralKit's API; `code` is the number
    that its version 2 has for this.
    """

    def __init__(self, sentence: str, told: str | None = None, code: int = 0) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.told = told or sentence
        self.code = code


class Invalid(Refused):
    """The input cannot be taken."""


class WrongLength(Invalid):
    """A text with too few or too many characters: it has `actual`, and `most` is the limit."""

    def __init__(self, sentence: str, actual: int, most: int) -> None:
        super().__init__(sentence)
        self.actual, self.most = actual, most


class InvalidFields(Invalid):
    """Fields that cannot be taken, each with why; the sentence is that of the first."""

    def __init__(self, fields: dict[str, Invalid]) -> None:
        first = next(iter(fields.values()))
        super().__init__(first.sentence, first.told, 40001)
        self.fields = fields


class TooLarge(Refused):
    """The input is larger than what is kept."""


class NotAuthenticated(Refused):
    """A token is needed, and there is none or a wrong one."""


class NotAllowed(Refused):
    """The caller is known and may not do this."""


class NotFound(Refused):
    """There is no such thing, or the caller must not learn of it."""
