"""Doing what is asked with files: here where they are small, and else in a process of its own, which others outrun.

Python reads a large file in one go, during which no other thread runs: for seconds nobody would be answered.
"""

import os
import pickle
import signal
import subprocess
import sys
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import rules
from rules.errors import Invalid, Refused, TooLarge
from rules.transfer.formats.unpacking.files import GZIP
from rules.transfer.formats.unpacking.zip_archives import ZIP, ZipArchive
from rules.transfer.import_commit import Result
from rules.transfer.import_plan import Plan
from rules.transfer.import_staging import INTERRUPTED
from rules.transfer.process import program, work
from rules.transfer.process.work import Asked, Run, Tell

ROOT = Path(rules.__file__).parent.parent
# The last step may have been done, and only its end not be told.
UNSURE = "The import was interrupted in its last step; the list of your imports says whether it came in, as a whole."
# As many bytes are read in some 50 ms; to start the process takes longer.
MOST_HERE = 256 * 1024


def perform(
    url: str, read: Run, write: Run, asked: Asked, texts: list[bytes], tell: Tell, check: Callable[[], None]
) -> Plan | Result:
    """`work.perform`, in a process of its own where the files may be large; there `write` is not what writes.

    Nothing is done where this process ends before the last step. What the other stages and cannot take away any more
    goes with `soft_delete.abandon_all`.
    """
    if is_small(texts):
        return work.perform(url, read, write, asked, texts, tell, check)
    # Of the environment, which has the bot's token in it, no more than where Python finds what is found here; no signal
    # that the terminal sends to all.
    with subprocess.Popen(
        [sys.executable, "-m", program.__name__],
        cwd=ROOT,
        env={"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        try:
            told = _follow(process, (url, asked, [len(text) for text in texts]), texts, tell, check)
        finally:
            # Where that is too early, the other takes away what it has staged.
            for pipe in (process.stdin, process.stdout):
                with suppress(BrokenPipeError):
                    pipe.close()
    if isinstance(told, Exception):
        raise told
    return told if told is not None else _tell_end(process.returncode)


def is_small(texts: Sequence[bytes]) -> bool:
    """Whether files have few bytes, unpacked too."""
    return sum(map(_measure, texts)) <= MOST_HERE


def _measure(text: bytes) -> int:
    """How many bytes a file has when it is unpacked, or how many more than enough."""
    if len(text) > MOST_HERE or not text.startswith((ZIP, GZIP)):
        return len(text)
    try:
        if text.startswith(ZIP):
            return ZipArchive(text).size
        unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
        unpacked = unpacking.decompress(text, MOST_HERE + 1)
    except (Refused, zlib.error):
        # To be refused does not take long.
        return 0
    is_packed = unpacking.unused_data or unpacked.startswith((ZIP, GZIP))
    return MOST_HERE + 1 if is_packed else len(unpacked)


def _follow(
    process: subprocess.Popen[bytes],
    asked: Any,
    texts: list[bytes],
    tell: Tell,
    check: Callable[[], None],
) -> Any:
    """What the process tells at the end; None where it ended before."""
    # Where it has ended before it took all of them, it may have told why.
    with suppress(BrokenPipeError):
        program.send(process.stdin, asked)
        for text in texts:
            process.stdin.write(text)
        process.stdin.flush()
    texts.clear()
    goes = False
    try:
        while True:
            told = pickle.load(process.stdout)
            if told == program.STAGED:
                check()
                goes = True
                process.stdin.write(program.GO)
                process.stdin.flush()
            elif isinstance(told, tuple):
                tell(*told)
            else:
                return told
    except (EOFError, BrokenPipeError, pickle.UnpicklingError):
        if goes:
            raise Invalid(UNSURE) from None
        return None


def _tell_end(code: int) -> Any:
    """Raise for a process that ended and told nothing."""
    if code == -signal.SIGXCPU:
        raise TooLarge(program.TOO_LARGE)
    if code < 0:
        raise Invalid(INTERRUPTED)
    raise RuntimeError(f"the process that imports ended with {code}")
