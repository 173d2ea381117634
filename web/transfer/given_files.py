"""The files of a request: its body as it is, or the parts of a form."""

import io

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import MultiPartParser

from rules.errors import Invalid, TooLarge
from rules.transfer.formats.files import MOST_FILES
from rules.transfer.formats.unpacking.zip_archives import MIB, MOST_PACKED
from web.request_body import read_body

# The parts of a form are here twice while they are taken out of it.
MOST_OF_FORM = 64 * MIB
_FORM = "multipart/form-data"


def read_given_files() -> list[bytes]:
    """The files that a request brings: of a form all that have a name, else the whole body is one.

    At most 128 MiB, and a form 64 with 50 files. Raises Invalid, TooLarge, and like `read_body`.
    """
    if request.mimetype != _FORM:
        return [read_body(MOST_PACKED)]
    boundary = request.mimetype_params.get("boundary", "")
    if not boundary:
        raise Invalid("The form does not say where its parts end; let the program that sends it set the Content-Type.")
    body = read_body(MOST_OF_FORM)
    # Held in memory: what people keep private is not to lie on the disk of whoever runs this.
    parser = MultiPartParser(stream_factory=lambda *_, **__: io.BytesIO(), max_form_parts=MOST_FILES + 1)
    try:
        fields, files = parser.parse(io.BytesIO(body), boundary.encode(), len(body))
    except RequestEntityTooLarge:
        raise TooLarge(f"A form may have at most {MOST_FILES} files.") from None
    except ValueError:
        raise Invalid("The form is damaged or not sent to its end; send it again.") from None
    if not files and fields:
        raise Invalid("The form has fields and no file; send each file as a part with a file name.")
    return [part.stream.getvalue() for _, part in files.items(multi=True)]
