"""The pages as one blueprint, `pages`: a route whose endpoint begins with that is for people and no part of the API."""

from flask import Blueprint, Flask

from web.pages import error_pages, filters, home, me, people, person_pictures, static_files, systems


def init_app(app: Flask) -> None:
    """Serve the pages and what they load, and let errors be pages where a browser asks."""
    pages = Blueprint("pages", __name__)
    for routes in (home, me, people, person_pictures, static_files, systems):
        pages.register_blueprint(routes.bp)
    app.register_blueprint(pages)
    filters.init_app(app)
    app.extensions["error_page"] = error_pages.write_page
