"""The files that pages load: each of `web/static` under its own name, and no others."""

from functools import cache
from pathlib import Path

from flask import Blueprint, Response, request

from config import ROOT
from rules.etags import version_of
from web.responses import readable

bp = Blueprint("static_files", __name__)

FOLDER = ROOT / "web" / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FILES = {path.name: TYPES[path.suffix] for path in sorted(FOLDER.iterdir()) if path.is_file()}
_NAME = "<any({}):name>".format(", ".join(map('"{}"'.format, FILES)))
FOR_EVER = "public, max-age=31536000, immutable"


@bp.get(f"/static/{_NAME}", defaults={"version": None})
@bp.get(f"/static/<version>/{_NAME}")
def show(name: str, version: str | None) -> Response:
    """A file; by an address with the version of all of them, which changes with any, for as long as one likes."""
    answer = readable(_read(FOLDER / name), mimetype=FILES[name])
    if version == get_version():
        request.environ["rollcall.cache_control"] = FOR_EVER
    return answer


def address_of(name: str) -> str:
    """Where a file is, without the path of PUBLIC_URL; what it imports by `./name` is of the same version."""
    return f"/static/{get_version()}/{name}" if name in FILES else f"/static/{name}"


@cache
def get_version() -> str:
    """The version of all files together."""
    return version_of("".join(version_of(_read(FOLDER / name)) for name in FILES))


@cache
def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
