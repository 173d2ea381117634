"""`python -m simulator`: serves, or types into a simulator that runs."""

import sys

from simulator.cli import main

if __name__ == "__main__":
    sys.exit(main())
