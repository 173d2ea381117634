"""The simulator's own rooms: which knows which."""

import ast
from graphlib import TopologicalSorter

from config import ROOT

FILES = sorted((ROOT / "simulator").rglob("*.py"))


def room_of(module):
    """`simulator.rest` of all that stands in rest/, and a file of the root by itself."""
    return ".".join(module.split(".")[:2])


def test_imports_between_rooms_close_no_circle():
    known = {}
    for path in FILES:
        room = room_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
        imports = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
        modules = {f"{node.module}.{alias.name}" for node in imports for alias in node.names}
        known.setdefault(room, set()).update(room_of(m) for m in modules if m.startswith("simulator."))
        known[room].discard(room)
    assert len(list(TopologicalSorter(known).static_order())) == len(known)
