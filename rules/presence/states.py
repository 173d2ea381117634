"""The states that people ask about. They have the same names in `/health`, in a 404 and in `.me`: DESIGN section 4."""

NOT_CONNECTED = "not connected"
STARTING = "starting"
COUNTING = "counting members"
OUT_OF_REACH = "home server out of reach"
NOT_IN_HOME = "not in the home server"
CANNOT_WRITE = "cannot write"
CONNECTED = "connected"

# While one of these holds, what is published may be older than it looks.
STALE = {NOT_CONNECTED, STARTING, OUT_OF_REACH, CANNOT_WRITE}
_SENTENCES = {
    NOT_CONNECTED: "the bot is not connected to Discord",
    STARTING: "the bot is starting",
    COUNTING: "the bot is counting members of its home server",
    OUT_OF_REACH: "the bot finds its home server out of reach",
    NOT_IN_HOME: "the bot is not in the home server",
    CANNOT_WRITE: "the bot cannot write to its database",
    CONNECTED: "the bot is connected",
}
_ADVICE = {
    OUT_OF_REACH: "It is an outage at Discord and ends by itself; what is published is as it was before it.",
    CANNOT_WRITE: "Whoever runs this Rollcall finds the reason in its log: a full disk, mostly.",
}


def describe(state: str) -> str:
    """A state as a part of a sentence."""
    return _SENTENCES.get(state, _SENTENCES[NOT_CONNECTED])


def find_problem(state: str) -> str | None:
    """What a state that is no fault of the settings keeps the bot from, in one or two sentences, or None."""
    return f"{describe(state).capitalize()}. {_ADVICE[state]}" if state in _ADVICE else None
