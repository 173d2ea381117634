"""A comparison that fails in `sidecars` says what it found and what it expected, as one in a test does."""

import pytest

pytest.register_assert_rewrite("tests.rules.transfer.formats.sidecars")
