"""The pages for people: what a browser may do on them, and the files that they load from `/static`."""

import re
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, render_template

from config import ROOT
from web.responses import readable

# Proxies of pictures ask for those of many people.
_CARD = re.compile(r"/(?:user|v1/s|v2/systems)/[^/]+(?:\.svg|/badge\.json)/?|/api/[^/]+/?")
PATHS = ("/", "/docs", "/openapi.json")
FILES = {"pages.css": "text/css", "icon.svg": "image/svg+xml"}
# A page may show many people.
_AVATAR = re.compile(r"/user/[0-9]+\.(?:png|gif|webp|jpe?g)/?", re.ASCII)
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    # For browsers that do not know frame-ancestors.
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), fullscreen=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def init_app(app: Flask) -> None:
    """Serve each file under its own name and no others."""
    for name in FILES:
        app.add_url_rule(f"/static/{name}", f"static {name}", _show_file, defaults={"name": name})


def is_page(path: str) -> bool:
    """Whether a path is a page, what a browser loads by itself because of one, or a picture that pages embed."""
    if (path.rstrip("/") or "/") in PATHS or path == "/favicon.ico":
        return True
    is_picture = _AVATAR.fullmatch(path) or _CARD.fullmatch(path)
    return path.startswith(("/static/", "/pictures/")) or is_picture is not None


def page(template: str, **values: Any) -> str:
    """A page's HTML; its links work below the path of PUBLIC_URL too."""
    root = urlsplit(current_app.config["ROLLCALL"].public_url).path
    return render_template(template, root=root, **values)


def guarded(answer: Response) -> Response:
    """A page's answer, with what keeps strangers' scripts, frames and eyes off it."""
    answer.headers.update(HEADERS)
    return answer


def _show_file(name: str) -> Response:
    return readable(_read_file(name), mimetype=FILES[name])


@cache
def _read_file(name: str) -> str:
    return (ROOT / "web" / "static" / name).read_text(encoding="utf-8")
