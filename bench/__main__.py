"""`python -m bench`: every benchmark, one after another."""

from bench import presence_latency

if __name__ == "__main__":
    presence_latency.main()
