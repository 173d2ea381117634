"""The web side: create_app puts config, database, blueprints and error handlers together; no routes here."""

import logging

import click
from flask import Flask

import config as settings
from cli.maintenance import backups, condition, imports, people
from cli.maintenance.opening import find_settings
from database import connections
from database.bad_file import BadFile
from database.upgrade import upgrade
from web import (
    health,
    kv,
    pictures,
    pluralkit_v1,
    presence,
    rate_limit,
    request_log,
    responses,
)
from web.cards import routes as cards
from web.docs import blueprints as docs_routes
from web.lanyard import quicklinks, socket, users
from web.live import counts, events
from web.pages import blueprints as page_routes
from web.pluralkit_v2 import blueprints
from web.remote_pictures import pictures as remote_pictures
from web.transfer import backup, progress
from web.transfer import imports as import_routes

COMMANDS = (
    *(condition.upgrade, condition.stats, condition.check, backups.backup, backups.restore),
    *(people.token, people.export_user, people.forget),
    *(imports.import_files, imports.show_imports, imports.undo),
)


def create_app(config: settings.Config | None = None) -> Flask:
    """The Flask app, with the database brought up to date.

    Ends the process with one sentence when a setting or the database cannot be used.
    """
    try:
        config = config or settings.load()
        upgrade(config.database_url)
    except (settings.BadSetting, BadFile) as error:
        settings.end_process(error)
    presence.withdraw(config)
    return _assemble(config)


def _for_commands() -> Flask:
    """The app around the maintenance commands: each opens the file by itself, and says which."""
    try:
        return _assemble(find_settings())
    except settings.BadSetting as error:
        settings.end_process(error)


def _assemble(config: settings.Config) -> Flask:
    logging.basicConfig(level=config.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for chatty in ("alembic", "websockets"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    app = Flask("rollcall", root_path=settings.ROOT / "web", static_folder=None)
    app.config["ROLLCALL"] = config
    # A redirect would lose the body of a write, and a key may hold two slashes in a row.
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    connections.init_app(app, config.database_url)
    responses.init_app(app)
    rate_limit.init_app(app, config)
    request_log.init_app(app, config)
    kv.init_app(app)
    blueprints.init_app(app)
    counts.init_app(app)
    page_routes.init_app(app)
    docs_routes.init_app(app)
    remote_pictures.init_app(app, config)
    cards.init_app(app)
    progress.init_app(app)
    for routes in (presence, events, pluralkit_v1, users, quicklinks, socket, pictures, health, backup, import_routes):
        app.register_blueprint(routes.bp)
    for command in COMMANDS:
        app.cli.add_command(command)
    return app


def __getattr__(name: str) -> Flask:
    """Make `app` when a server or the flask command looks it up.

    A plain `app = create_app()` would open the real file in every test that imports this one; and a callable that
    makes it at the first request would be made in each worker, where gunicorn's preload shares the memory of one.
    """
    if name != "app":
        raise AttributeError(name)
    context = click.get_current_context(silent=True)
    # Of what the flask command does, only `run` serves.
    serving = context is None or context.info_name == "run"
    globals()["app"] = made = create_app() if serving else _for_commands()
    return made
