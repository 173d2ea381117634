"""What all pages share: the frame around them, their links, and what a browser may do on them."""

from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, render_template

from web.pages import static_files
from web.responses import readable

# What stands at the top of each page, in this order.
NAVIGATION = (
    ("/", "Home"),
    ("/docs", "Docs"),
    ("/docs/commands", "Commands"),
    ("/privacy", "Privacy"),
    ("/moving", "Moving here"),
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
    config, root = current_app.config["ROLLCALL"], get_root()
    known = {
        "root": root,
        "public_url": config.public_url,
        "navigation": NAVIGATION,
        "here": None,
        "static": lambda name: root + static_files.address_of(name),
    }
    return render_template(template, **{**known, **values})


def get_root() -> str:
    """The path of PUBLIC_URL, below which all our addresses are; empty for most."""
    return urlsplit(current_app.config["ROLLCALL"].public_url).path


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
    """The answer that is a page, `page` and `guarded` in one; told only once to a browser that has it already."""
    html = page(template, **values)
    answer = readable(html, mimetype="text/html") if status == 200 else Response(html, status, mimetype="text/html")
    return guarded(answer, sends_forms)
