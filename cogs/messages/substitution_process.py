"""Substitutions in a process of its own, which the kernel ends where a pattern takes too long or too much memory."""

import asyncio
import json
import signal
import sys
from pathlib import Path

import rules
from rules.errors import Invalid
from rules.proxying import substitution

ROOT = Path(rules.__file__).parent.parent
# What it takes to start Python on a busy machine, above the time that the process gives itself.
PATIENCE_S = 10
# One after the other, so that whoever asks for many at once slows down nothing else.
_turn = asyncio.Semaphore(1)


async def substitute(text: str, written: str) -> str:
    """What a text becomes by `s/pattern/replacement/flags`. Raises Invalid."""
    wanted = substitution.read_substitution(written)
    async with _turn:
        code, output = await _run(json.dumps([text, wanted]).encode())
    if code == -signal.SIGALRM:
        raise Invalid(substitution.TOO_SLOW)
    if code:
        raise Invalid(substitution.TOO_LARGE)
    told = json.loads(output)
    if "refused" in told:
        raise Invalid(told["refused"])
    return told["text"]


async def _run(given: bytes) -> tuple[int, bytes]:
    # Nothing of the environment, which has the bot's token in it.
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", substitution.__name__),
        cwd=ROOT,
        env={},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(PATIENCE_S):
            output, _ = await process.communicate(given)
    except TimeoutError:
        return -signal.SIGALRM, b""
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode, output
