"""The documentation: the document of the API for programs, and the pages for people."""

from flask import Flask

from web.docs import commands, document, guides, reference


def init_app(app: Flask) -> None:
    """Read the document of the API, and serve it and the pages."""
    document.init_app(app)
    reference.init_app(app)
    for routes in (reference, commands, guides):
        # By that name a route is for people and no part of the API.
        app.register_blueprint(routes.bp, name_prefix="pages")
