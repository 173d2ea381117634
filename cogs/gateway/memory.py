"""How the bot's memory is kept small: what Python and glibc do by themselves suits short programs."""

import ctypes
import gc

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
# A large event comes as one text; mapped for itself, it is given back as soon as it has been read.
MAPPED_FROM_BYTES = 128 * 1024
ARENAS = 1
YOUNG, MIDDLE, OLD = 20_000, 20, 50


def set_up() -> None:
    """Call before the first thread starts. Elsewhere than on glibc the allocator stays as it is."""
    libc = ctypes.CDLL(None)
    if mallopt := getattr(libc, "mallopt", None):
        mallopt(M_MMAP_THRESHOLD, MAPPED_FROM_BYTES)
        mallopt(M_ARENA_MAX, ARENAS)


def freeze_startup_objects() -> None:
    """Call when everything is loaded: the garbage collector need not look through that again and again."""
    gc.collect()
    gc.freeze()
    # A few hundred presences on their way are no garbage, and each is many objects.
    gc.set_threshold(YOUNG, MIDDLE, OLD)


def release_free_pages() -> None:
    """Let the system have the pages that are free again after a lot of work."""
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        trim(0)
