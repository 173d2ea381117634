"""What all pages share: the frame around them, their links, and what a browser may do on them."""

from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, render_template

from web.pages import static_files

# What stands at the top of each page, in this order.
NAVIGATION = (
    ("/", "Home"),
    ("/docs", "Docs"),
    ("/docs/commands", "Commands"),
    ("/docs/privacy", "Privacy"),
    ("/docs/moving", "Moving here"),
    ("/me", "My page"),
)
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    # For browsers that do not know frame-ancestors.
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), fullscreen=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def page(template: str, **values: Any) -> str:
    """A page's HTML; its links work below the path of PUBLIC_URL too.

    A template extends `page.html`. It writes `{{ root }}/docs` for a page of ours and `{{ static("pages.css") }}` for
    a file of `web/static`; `here`, where it is given, is the page's own address in the navigation.
    """
    root = urlsplit(current_app.config["ROLLCALL"].public_url).path
    values = {"here": None, **values}
    return render_template(
        template, root=root, navigation=NAVIGATION, static=lambda name: root + static_files.address_of(name), **values
    )


def guarded(answer: Response, sends_forms: bool = False) -> Response:
    """A page's answer, with what keeps strangers' scripts, frames and eyes off it.

    `sends_forms`: a form of the page works without JavaScript, by a GET to a page of ours.
    """
    answer.headers.update(HEADERS)
    if sends_forms:
        policy = HEADERS["Content-Security-Policy"].replace("form-action 'none'", "form-action 'self'")
        answer.headers["Content-Security-Policy"] = policy
    return answer


def show(template: str, status: int = 200, sends_forms: bool = False, **values: Any) -> Response:
    """The answer that is a page: `page` and `guarded` in one."""
    return guarded(Response(page(template, **values), status, mimetype="text/html"), sends_forms)
