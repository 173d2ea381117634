"""Errors as pages, for whoever comes with a browser: what happened, and what to do now."""

from web.pages.frame import HEADERS, page
from web.responses import SENTENCES

# By status: the title, and what to do.
ADVICE = {
    400: ("This cannot be read", "Look at the address again: something in it is not as it should be."),
    404: ("There is nothing here", "The address may be misspelt, or what was here is gone."),
    405: ("Not this way", "This address can be read, but not be sent anything. Open it by a link."),
    429: ("Too fast", "You asked more often than one visitor may. Wait a moment, then load the page again."),
    500: ("Something went wrong here", "It was logged. Try again; if it stays so, tell whoever runs this Rollcall."),
    503: ("Too busy just now", "Wait a few seconds, then load the page again. If it stays so, look at /health."),
}
OTHER = ("This did not work", "Go back, and try it another way.")


def write_page(status: int, sentence: str | None) -> tuple[bytes, dict[str, str]]:
    """An error's page and the headers that go with it. It asks the database nothing: that may be what fails."""
    title, advice = ADVICE.get(status, OTHER)
    # What is said to programs of every such error says less than the advice.
    sentence = None if sentence == SENTENCES.get(status) else sentence
    html = page("error.html", status=status, title=title, advice=advice, sentence=sentence)
    return html.encode(), {**HEADERS, "Vary": "Accept"}
