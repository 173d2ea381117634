"""`python -m bench`: every benchmark, one after another."""

from bench import flat_cost, presence_latency, proxy_latency

if __name__ == "__main__":
    presence_latency.main()
    proxy_latency.main()
    flat_cost.main()
