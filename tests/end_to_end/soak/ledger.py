"""What was told to be done, and whether it is there."""

import json

from tests.end_to_end.soak.http_traffic import Caller

KEYS = 100


class Ledger:
    """One user's pairs, and a member's description, as they were acknowledged; what got no answer may be either."""

    def __init__(self, caller: Caller, member: str) -> None:
        self.caller, self.member = caller, member
        self._may_be: dict[str, set[str | None]] = {}
        self._headers = {"Authorization": caller.tokens[0], "Content-Type": "application/json"}

    def write(self, a_second: float) -> None:
        dice = self.caller.dice
        for number in self.caller.run.pace(a_second):
            key, kind = f"k{dice.randrange(KEYS)}", dice.random()
            if kind < 0.1:
                self._note(f"description {number}", "", "PATCH", f"/v1/m/{self.member}", {200}, as_json=True)
            elif kind < 0.2:
                self._note(None, key, "DELETE", f"/user/@me/kv/{key}", {204, 404})
            else:
                self._note(f"{number}" + "v" * dice.choice((0, 0, 500)), key, "PUT", f"/user/@me/kv/{key}", {204})

    def _note(self, value: str | None, key: str, method: str, path: str, done: set[int], as_json: bool = False) -> None:
        body = json.dumps({"description": value}) if as_json else value
        status = self.caller.ask(method, path, body and body.encode(), **self._headers)
        self.caller.run.count("acknowledged writes", status in done)
        if status in done:
            self._may_be[key] = {value}
        elif status in (0, 503):
            self.caller.run.count("writes without an answer or with 503")
            self._may_be.setdefault(key, {None}).add(value)
        else:
            self.caller.run.wrong.append(f"{status} to {method} {path}")

    def lost(self, pairs: dict[str, str], description: str | None) -> list[str]:
        """What is not as it was acknowledged."""
        found = {**pairs, "": description}
        wrong = [key for key, values in self._may_be.items() if found.get(key) not in values]
        return [f"{key!r} is {found.get(key)!r}, not {self._may_be[key]}" for key in wrong]
