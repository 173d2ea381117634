"""Run by Alembic, through database.upgrade or `alembic revision --autogenerate` while developing."""

from alembic import context

import models

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=models.db.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
