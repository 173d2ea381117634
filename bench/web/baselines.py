"""What Rollcall's answers are compared with: `bare`, a WSGI callable of constant bytes, and `plain`, a Flask view.

BENCH_BYTES is how many bytes they return.
"""

import os
from collections.abc import Callable, Iterable

from flask import Flask, Response

BODY = b"x" * int(os.environ.get("BENCH_BYTES", "855"))
HEADERS = [("Content-Type", "application/json"), ("Content-Length", str(len(BODY)))]


def bare(environ: dict, start_response: Callable) -> Iterable[bytes]:
    start_response("200 OK", HEADERS)
    return [BODY]


plain = Flask("plain")


@plain.get("/<path:path>")
def constant(path: str) -> Response:
    return Response(BODY, mimetype="application/json")
