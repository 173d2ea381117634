"""Load on an HTTP server: wrk where it is installed, else a generator in Python that is slower and says so."""

import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.cpu_pinning import LOADER, pinned

WRK = shutil.which("wrk")
CONNECTIONS = 32
SECONDS = 2
UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0}


@dataclass(frozen=True)
class Target:
    """What is asked for: a path in which `%08d` is a random number below `count`, and headers."""

    url: str
    path: str
    count: int = 1
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Measured:
    """Requests a second, and the 99th percentile of the time to the answer in s."""

    rate: float
    p99: float


def describe_generator() -> str:
    """Which generator is used, in words for the report."""
    return "Load by wrk." if WRK else "Load by the Python generator (no wrk here): it can be what limits fast servers."


def press(target: Target, seconds: float = SECONDS, connections: int = CONNECTIONS) -> Measured:
    """Ask as often as the server answers. Fails when an answer is no 2xx or 3xx."""
    return (_by_wrk if WRK else _by_python)(target, seconds, connections)


def _by_wrk(target: Target, seconds: float, connections: int) -> Measured:
    with _script(target) as script:
        command = [WRK, "-t1", f"-c{connections}", f"-d{seconds:g}s", "--latency", "-s", str(script), target.url]
        said = subprocess.run(command, capture_output=True, text=True, check=True, preexec_fn=pinned(LOADER)).stdout
    bad = re.search(r"(Non-2xx.*|Socket errors.*)", said)
    assert not bad, f"{target.path}: {bad[0]}"
    rate = float(re.search(r"Requests/sec:\s*([\d.]+)", said)[1])
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
    return Measured(rate, float(p99[1]) * UNITS[p99[2]])


@contextmanager
def _script(target: Target) -> Iterator[Path]:
    head, _, tail = target.path.partition("%08d")
    path = f'"{target.path}"'
    if head != target.path:
        path = f'"{head}" .. string.format("%08d", math.random(0, {target.count - 1})) .. "{tail}"'
    lines = [f'wrk.headers["{name}"] = {_quoted(value)}' for name, value in target.headers]
    lines.append(f"request = function() return wrk.format(nil, {path}) end")
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write("\n".join(lines))
        file.flush()
        yield Path(file.name)


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _by_python(target: Target, seconds: float, connections: int) -> Measured:
    given = [target.url, target.path, str(target.count), str(seconds), str(connections)]
    given += [f"{name}: {value}" for name, value in target.headers]
    command = [sys.executable, "-m", "bench.generator", *given]
    said = subprocess.run(command, capture_output=True, text=True, check=True, preexec_fn=pinned(LOADER)).stdout
    rate, p99 = said.split()
    return Measured(float(rate), float(p99))


def interleave(rounds: int, runs: dict[str, Callable[[], Measured]]) -> dict[str, list[Measured]]:
    """Each run once a round, in turn: A B C A B C …, after one round that does not count."""
    found: dict[str, list[Measured]] = {name: [] for name in runs}
    for number in range(-1, rounds):
        for name, run in runs.items():
            measured = run()
            if number >= 0:
                found[name].append(measured)
    return found


def ratios(ours: list[Measured], theirs: list[Measured]) -> list[float]:
    """Our requests a second by theirs, round by round."""
    return [one.rate / other.rate for one, other in zip(ours, theirs, strict=True)]


def p99_ratios(ours: list[Measured], theirs: list[Measured]) -> list[float]:
    """Our 99th percentile by theirs, round by round."""
    return [one.p99 / other.p99 for one, other in zip(ours, theirs, strict=True)]


def describe(ours: list[Measured], theirs: list[Measured]) -> str:
    """The medians of both sides as they were measured."""
    sides = [
        f"{statistics.median(one.rate for one in side):,.0f} requests/s, "
        f"p99 {statistics.median(one.p99 for one in side) * 1000:.1f} ms"
        for side in (ours, theirs)
    ]
    return " against ".join(sides) + "."
