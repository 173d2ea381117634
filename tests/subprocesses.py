"""Processes that start from nothing, as the web side and the bot do."""

import multiprocessing

SPAWN = multiprocessing.get_context("spawn")


def in_processes(target, *args, times=2):
    """Run it in some processes at once; their exit codes."""
    running = [SPAWN.Process(target=target, args=args) for _ in range(times)]
    for process in running:
        process.start()
    for process in running:
        process.join()
    return [process.exitcode for process in running]
