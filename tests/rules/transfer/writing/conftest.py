"""A second house, to which a system moves with its file."""

import shutil
from types import SimpleNamespace

import pytest

from database import connections


@pytest.fixture
def elsewhere(fresh_file, tmp_path):
    """Reading and writing another database, which is empty."""
    opened = connections.open_database(f"sqlite:///{shutil.copy(fresh_file, tmp_path / 'elsewhere.db')}")

    def read(rule, *args, **options):
        with opened.read() as session:
            return rule(session, *args, **options)

    def write(rule, *args, **options):
        with opened.write() as session:
            return rule(session, *args, **options)

    yield SimpleNamespace(read=read, write=write)
    opened.close()
