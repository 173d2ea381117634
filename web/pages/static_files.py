"""The files that pages load: each in `web/static` under its own name, and no others."""

import gzip
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, abort, request

from config import ROOT
from rules.etags import version_of
from web.responses import readable

bp = Blueprint("static_files", __name__)

FOLDER = ROOT / "web" / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FILES = {
    path.relative_to(FOLDER).as_posix(): TYPES[path.suffix] for path in sorted(FOLDER.rglob("*")) if path.is_file()
}
FOR_EVER = "public, max-age=31536000, immutable"


@bp.get("/static/<path:path>")
def show(path: str) -> Response:
    """A file, packed for whoever reads gzip, as browsers do.

    By an address with the version of all of them, which changes with any, it may be kept for as long as one likes.
    """
    version, _, rest = path.partition("/")
    name = path if path in FILES else rest
    if name not in FILES:
        abort(404)
    is_packed = request.accept_encodings.quality("gzip") > 0
    answer = readable((_pack if is_packed else _read)(FOLDER / name), mimetype=FILES[name])
    answer.vary.add("Accept-Encoding")
    if is_packed:
        answer.content_encoding = "gzip"
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


@cache
def _pack(path: Path) -> bytes:
    # Without a time in it, so that all workers have the same bytes and the same ETag.
    return gzip.compress(_read(path).encode(), mtime=0)
