"""Pictures: those that are kept here, each under an address that never means another, and those that are elsewhere."""

from flask import Blueprint, Response, current_app, request

from rules.etags import version_of
from rules.pictures import kept_files
from web.responses import readable

bp = Blueprint("pictures", __name__)

# Even where a browser takes the bytes for something else, nothing in them runs.
POLICY = "default-src 'none'; sandbox"
FOR_EVER = "public, max-age=31536000, immutable"
# So long may somebody be shown the avatar before last, or of somebody who has just hidden.
FOR_A_MINUTE = "public, max-age=60"


@bp.get("/pictures/<name>")
def show(name: str) -> Response:
    """A picture of a member, a system or a server, for everybody who has its address."""
    folder = kept_files.get_folder(current_app.config["ROLLCALL"].database_url)
    data = kept_files.get_file(folder, name).read_bytes()
    answer = readable(data, version=name.partition(".")[0], mimetype=kept_files.get_media_type(name))
    answer.headers["Content-Security-Policy"] = POLICY
    request.environ["rollcall.cache_control"] = FOR_EVER
    return answer


def show_remote(address: str) -> Response:
    """A picture from elsewhere, or where it does not come in time the way to it, which is 302.

    Its address names what is in it, so a client that has it is told so without anybody being asked.
    """
    request.environ["rollcall.cache_control"] = FOR_A_MINUTE
    version = version_of(address)
    if request.if_none_match.contains_weak(version):
        return readable(b"", version)
    picture = current_app.extensions["pictures"].find(address)
    if picture is None:
        return Response(status=302, headers={"Location": address})
    answer = readable(picture.data, version, picture.media_type)
    answer.headers["Content-Security-Policy"] = POLICY
    return answer
