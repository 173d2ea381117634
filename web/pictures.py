"""The pictures that are kept here, each under an address that never changes and never means another."""

from flask import Blueprint, Response, current_app, request

from rules.pictures import kept_files
from web.responses import readable

bp = Blueprint("pictures", __name__)

# Even where a browser takes the bytes for something else, nothing in them runs.
POLICY = "default-src 'none'; sandbox"
FOR_EVER = "public, max-age=31536000, immutable"


@bp.get("/pictures/<name>")
def show(name: str) -> Response:
    """A picture of a member, a system or a server, for everybody who has its address."""
    folder = kept_files.get_folder(current_app.config["ROLLCALL"].database_url)
    data = kept_files.get_file(folder, name).read_bytes()
    answer = readable(data, version=name.partition(".")[0], mimetype=kept_files.get_media_type(name))
    answer.headers["Content-Security-Policy"] = POLICY
    request.environ["rollcall.cache_control"] = FOR_EVER
    return answer
