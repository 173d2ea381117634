"""What the app and the file of each test would compile anew, compiled once for all tests of a process.

An app has two hundred functions that write addresses, and a file's engines forget their SQL with it: together the
greater part of what a short test costs.
"""

from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

MOST_STATEMENTS = 10_000


def share_compiled() -> None:
    """Let all routes and engines that are made from now on share what they compile."""
    _share_address_writers()
    _share_statements()


def _share_address_writers() -> None:
    compile_one, known = Rule._compile_builder, {}

    def find(rule: Rule, append_unknown: bool = True):
        # What it is made of; the converters come from the rule that it is called on.
        key = (rule.rule, repr(rule.defaults), *rule._trace, append_unknown)
        if key not in known:
            known[key] = compile_one(rule, append_unknown)
        return known[key]

    Rule._compile_builder = find


def _share_statements() -> None:
    statements = LRUCache(MOST_STATEMENTS)
    # A statement is kept with its dialect, of which each engine has its own; all of them are alike.
    SQLiteDialect_pysqlite.__eq__ = lambda self, other: type(self) is type(other)
    SQLiteDialect_pysqlite.__hash__ = lambda self: hash(type(self))
    SQLiteDialect_pysqlite.engine_created = classmethod(
        lambda cls, engine: setattr(engine, "_compiled_cache", statements)
    )
