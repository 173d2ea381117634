"""A small WSGI app that says what it was asked."""


def echo_app(environ, start_response):
    """The method, the path and the body; a path with `refuse` in it is 401, before any body is read."""
    if "refuse" in environ["PATH_INFO"]:
        body, status = b"", "401 Unauthorized"
    else:
        body, status = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 1_000_000)), "200 OK"
    told = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} ".encode("latin-1") + body
    start_response(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(told)))])
    return [told]
