"""What is at its longest is shown all the same: Discord takes no more than 4096 and 6000 characters."""

import pytest

from rules.fronting import switches
from rules.systems import members

STARS = "*" * 100


@pytest.mark.long
def test_members_at_their_longest_are_shown_everywhere(system_owner, rollcall):
    sol = system_owner()
    url = "https://example.com/" + "a" * 232
    longest = {
        "name": STARS,
        "display_name": STARS,
        "description": "`" * 1000,
        "pronouns": STARS,
        "birthday": "2000-09-30",
        "color": "00ff00",
        "avatar_url": url,
        "banner": url,
        "proxy_tags": [{"prefix": f"{number:02}" + "`" * 98, "suffix": "`" * 100} for number in range(100)],
    }

    def fill(session):
        hids = [members.create_member(session, int(sol.id), longest).hid for _ in range(30)]
        for number in range(12):
            switches.log_switch(session, int(sol.id), hids[number:] + hids[:number])
        return hids[0]

    hid = rollcall.write(fill)
    sol.say_all(
        {
            f"pk;m {hid}": "Proxy tags",
            f"pk;m {hid} description -raw": "```",
            f"pk;m {hid} proxy": "more",
            f"pk;m {hid} dn -raw": STARS,
            f"pk;m {hid} avatar": url,
            "pk;list": "Members (30)",
            "pk;list -wa": "Members (30)",
            "pk;list full -wa -wp -wdn -wc -wlf -wbd": "Members (30)",
            f"pk;find full {STARS}": "(30)",
            "pk;f": "Fronting",
            "pk;f h": "Front history",
            "pk;f h -with-id": "Front history",
            "pk;fp full": "Front breakdown",
            "pk;s": "Fronting",
            f"pk;sw {hid}": "Switch logged.",
            "pk;sw delete": "Delete the latest switch?",
            "no": "Nothing was deleted.",
            f"pk;m {STARS}": "Several of your members",
            f"pk;m {STARS}a": "did you mean",
            f"pk;m new {STARS}": "already",
        }
    )
    sol.say("no", "Nothing was changed.")
