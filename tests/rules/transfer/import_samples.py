"""Files to import, and whole imports, for the tests of either."""

import json

from rules.transfer import exporter, import_plan, importer

NOON = "2021-11-21T12:00:00.000000Z"


def at(minute, day=21):
    """A time on a day of November 2021."""
    return f"2021-11-{day:02}T12:{minute:02}:00.000000Z"


def as_file(data):
    """The bytes of a file, from what it says."""
    return json.dumps(data).encode()


def pluralkit(members=(), switches=(), **system):
    """The bytes of a PluralKit file; `switches` is (time, member IDs), in the order of the file."""
    listed = [{"timestamp": when, "members": list(ids)} for when, ids in switches]
    return as_file({**system, "members": list(members), "switches": listed})


def run_import(write, user_id, text, stop_before=None, between=lambda rule: None, opens=False):
    """Import a file as the bot does; `between` runs before each step. Returns the import, maybe unfinished."""
    running = importer.Import(user_id, importer.read_file(text), opens)
    for rule, args in running.steps():
        if rule.__name__ == stop_before:
            break
        between(rule.__name__)
        write(rule, *args)
    return running


def tell(read, user_id, text, app=""):
    """The plan of a file, as it is told, after whose file it is."""
    whose, *told = read(import_plan.plan, user_id, importer.read_file(text)).sentences
    assert whose.startswith(f"A file of {app}")
    return told


def export(read, user_id):
    """A user's export, through the text of the file."""
    return json.loads(exporter.dump(read(exporter.export_system, user_id)))


def without_ids(exported):
    """An export with the names of members instead of their IDs, and no IDs beside."""
    names = {member["id"]: member["name"] for member in exported["members"]}
    return {
        **_without_id(exported),
        "members": [_without_id(member) for member in exported["members"]],
        "groups": [
            {**_without_id(group), "members": [names[hid] for hid in group["members"]]} for group in exported["groups"]
        ],
        "switches": [
            {**switch, "members": [names[hid] for hid in switch["members"]]} for switch in exported["switches"]
        ],
    }


def _without_id(row):
    return {key: value for key, value in row.items() if key not in ("id", "uuid")}
