"""A process of its own that PATCHes a member and logs switches as fast as it can."""

import json
import sys

import requests

ROUNDS = 250


def main(url: str, token: str, mine: str, shared: str, field: str) -> None:
    """Write ROUNDS times each; print the statuses that were not 200 or 204, with their sentences."""
    http = requests.Session()
    http.trust_env = False
    http.headers["Authorization"] = token
    odd = []
    for number in range(ROUNDS):
        patched = http.patch(f"{url}/v1/m/{shared}", json={field: f"{field} {number}"}, timeout=30)
        switched = http.post(f"{url}/v1/s/switches", json={"members": [mine] if number % 2 else []}, timeout=30)
        odd += [[r.status_code, r.text] for r in (patched, switched) if r.status_code not in (200, 204)]
    print(json.dumps(odd))


if __name__ == "__main__":
    main(*sys.argv[1:])
