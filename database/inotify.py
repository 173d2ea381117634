"""Whether somebody wrote into a file, as the kernel tells it: inotify(7), which Linux alone has."""

import ctypes
import os
from contextlib import suppress

_MODIFIED, _ONCE = 0x00000002, 0x80000000
# Some 16 bytes an event, and an order of `tell_once` makes two.
_MOST_READ = 4096


class WriteNotice:
    """Makes `descriptor` readable once the file at a path was written into. Raises OSError where the kernel cannot."""

    def __init__(self, path: str) -> None:
        self._path = os.fsencode(path)
        try:
            libc = ctypes.CDLL(None, use_errno=True)
            begin, self._watch = libc.inotify_init1, libc.inotify_add_watch
        except (AttributeError, OSError, TypeError) as error:
            raise OSError("there is no inotify here") from error
        self._watch.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_uint32)
        self.descriptor = begin(os.O_NONBLOCK | os.O_CLOEXEC)
        if self.descriptor < 0:
            raise OSError(ctypes.get_errno(), "no inotify instance")

    def tell_once(self) -> bool:
        """Order to be told of the next write, whichever file stands at the path by now; whether it will be told.

        False where there is no file, or no more may be watched. An order that stands already is not given twice.
        """
        return self._watch(self.descriptor, self._path, _MODIFIED | _ONCE) >= 0

    def take(self) -> bool:
        """Whether there was something to tell since this was asked last; `descriptor` is not readable any more."""
        with suppress(BlockingIOError):
            return bool(os.read(self.descriptor, _MOST_READ))
        return False

    def close(self) -> None:
        """End it; nothing is told any more."""
        os.close(self.descriptor)
