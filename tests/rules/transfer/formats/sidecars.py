"""The sample files, and what their sidecars say must come out of them, compared with what a reader made of one."""

import json
import re
from collections import Counter
from pathlib import Path

from rules.groups.privacy import GROUP_PRIVACY
from rules.parsing.timestamps import read_time, show_time
from rules.systems.privacy import LATER_MEMBER_PRIVACY, LATER_SYSTEM_PRIVACY, MEMBER_PRIVACY, SYSTEM_PRIVACY

SAMPLES = Path(__file__).parent / "samples"
_ENDING = ".expected.json"
NAMES = sorted(path.name.removesuffix(_ENDING) for path in SAMPLES.glob(f"*{_ENDING}"))
_MENTION = re.compile(r"<###@(\w+)###>")
_MEMBER = (*MEMBER_PRIVACY, *LATER_MEMBER_PRIVACY)
_SYSTEM = (*SYSTEM_PRIVACY, *LATER_SYSTEM_PRIVACY)
# What a sentence must hold beside the number, in small letters, so that it tells this and nothing else.
_TOLD = {
    "assignments_of_unknown_members": r"front.*not in the file",
    "birthdays_without_day_kept_aside": r"birthday",
    "chat_messages_unreadable": r"message.*encrypted",
    "closed_without_end": r"front.*\bend",
    "descriptions_cut": r"(full description|characters of the description)",
    "fronts_of_unknown_members": r"front.*not in the file",
    "group_members_unknown": r"group.*member.*not in the file",
    "group_parents_unknown": r"group.*within.*not in the file",
    "groups_unknown": r"group is not in the file",
    "in_the_future": r"front.*future",
    "nameless_members_named_by_display_name": r"display name",
    "proxy_tags_left_out": r"prox.*left out",
    "reversed_and_swapped": r"front.*before.*(swapped|exchanged)",
    "too_old": r"front.*2000",
    "values_of_unknown_fields": r"field.*not in the file",
    "zero_length_fronts": r"front.*same (instant|moment|time)",
    "no front history in this kind of file": r"no front history",
}
# Told by the plan, which knows whose accounts are whose; of PluralPort's modules, their names are looked for.
_TOLD_ELSEWHERE = {"other_accounts_not_linked"}


def get_sample(name):
    """The bytes of a sample."""
    return (SAMPLES / name).read_bytes()


def get_expected(name):
    """What its sidecar says."""
    return json.loads((SAMPLES / f"{name}{_ENDING}").read_text("utf-8"))


def check(file, name):
    """Compare all that a sample's sidecar says of it, but for its round trip, with what a reader made of it."""
    expected = get_expected(name)
    labels = _label(file, expected)
    _check_counts(file, expected["counts"])
    _check_system(file, expected.get("system", {}))
    for label, fields in expected["members"].items():
        _check_member(file, labels.index(label), fields)
    for label, fields in expected.get("groups", {}).items():
        _check_group(file, label, fields, labels)
    if "switches" in expected:
        found = [[show_time(at), [labels[number] for number in fronting]] for at, fronting in file.switches]
        assert found == expected["switches"]
    check_told(file, expected.get("told", {}))
    _check_kept(file, expected.get("kept_for_reexport", {}))
    for label, offer in expected.get("offered", {}).items():
        _check_offer(file, label, offer)
    check_hidden(file, expected.get("must_not_appear", []))
    for key in [key for key in expected if key.startswith("front_ms_per_member_until_")]:
        until = read_time("time", f"{key[-10:]}T00:00:00Z")
        assert count_front_ms(file, until, labels) == expected[key]


def check_told(file, told):
    """Whether all of this is said to whoever imports, once with its number or in as many lines."""
    sentences = [sentence.lower() for sentence in (*file.remarks, *file.left_out)]
    # The plan names each kind of what is kept aside.
    kinds = [kind.lower() for kind in file.archive]
    for what in told.keys() - _TOLD_ELSEWHERE:
        if isinstance(told[what], list):
            missing = [module for module in told[what] if not any(_has_module(kind, module) for kind in kinds)]
            assert not missing, f"{what}: {missing} is kept nowhere in {kinds}"
            continue
        about = [sentence for sentence in sentences if re.search(_TOLD[what], sentence)]
        counted = any(re.search(rf"\b{told[what]:,}\b", sentence) for sentence in about)
        assert about if told[what] is True else counted or len(about) == told[what], f"{what}: {about}"


def check_hidden(file, texts):
    """Whether none of these texts is anywhere in what was read."""
    everything = repr(file)
    assert [text for text in texts if text in everything] == []


def count_front_ms(file, until, labels):
    """How long each member fronted by the file's switches, in ms, up to an instant (µs)."""
    fronted = Counter()
    ends = [at for at, _ in file.switches[1:]]
    for (at, fronting), end in zip(file.switches, [*ends, until], strict=False):
        for number in fronting:
            fronted[labels[number]] += end - at
    return {label: us // 1000 for label, us in fronted.items()}


def without_custom_fronts(file):
    """The file's switches, as they are without those members: only those that still change something."""
    custom = {number for number, member in enumerate(file.members) if member.values.get("is_custom_front")}
    return _only_changes([tuple(n for n in fronting if n not in custom) for _, fronting in file.switches])


def _label(file, expected):
    """What the sidecar calls each member of the file."""
    labels = [member.name for member in file.members]
    known = set(expected["members"])
    return [f"{name}#{n}" if f"{name}#{n}" in known else name for n, name in enumerate(labels, 1)]


def _check_counts(file, counts):
    custom = sum(bool(member.values.get("is_custom_front")) for member in file.members)
    found = {
        "members": len(file.members) - custom,
        "custom_fronts": custom,
        "groups": len(file.groups),
        "switches": len(file.switches),
        "switches_without_custom_fronts": len(without_custom_fronts(file)),
        "switches_that_change_something": len(_only_changes([fronting for _, fronting in file.switches])),
        "front_rows_usable": len(file.spans),
    }
    assert {what: number for what, number in found.items() if what in counts} == {
        what: number for what, number in counts.items() if what in found
    }


def _only_changes(fronters):
    return [now for before, now in zip([(), *fronters], fronters, strict=False) if now != before]


def _check_system(file, fields):
    values = {"created": file.created and show_time(file.created), **file.first_system, **file.system}
    _check_privacy(values, fields.get("privacy", {}), _SYSTEM)
    assert {name: values.get(name) for name in fields.keys() - {"privacy"}} == _without(fields, "privacy")


def _check_member(file, number, fields):
    member = file.members[number]
    values = {**member.first_values, **member.values}
    found = {
        **values,
        "name": member.name,
        "proxy_tags": json.loads(values.get("proxy_tags", "[]")),
        "keep_proxy": values.get("keep_proxy", False),
        "autoproxy_enabled": values.get("autoproxy_enabled", True),
        "archived": values.get("is_archived", False),
        "custom_front": values.get("is_custom_front", False),
        "created": member.created,
        "description_full_length": len(_find_full_description(member)),
    }
    for name in ("source_id", "id_in_file"):
        if name in fields:
            assert fields[name] in (member.hid, str(member.source).rpartition(":")[2])
    if "created" in fields:
        fields = {**fields, "created": read_time("created", fields["created"])}
    if mentioned := _MENTION.search(fields.get("description") or ""):
        assert mentioned[0] in str(member.kept)
        fields = {**fields, "description": _MENTION.sub(lambda at: _name_mentioned(file, at[1]), fields["description"])}
    _check_privacy(values, fields.get("privacy", {}), _MEMBER)
    _check_privacy(values, fields.get("privacy_of", {}), _MEMBER)
    fields = _without(fields, "source_id", "id_in_file", "privacy", "privacy_of")
    assert {name: found.get(name) for name in fields} == fields


def _check_group(file, name, fields, labels):
    [group] = [group for group in file.groups if group.name == name]
    values = {**group.first_values, **group.values}
    found = {
        "parent": None if group.parent is None else file.groups[group.parent].name,
        "members": [labels[number] for number in group.members],
        "color": values.get("color"),
    }
    _check_privacy(values, fields.get("privacy", {}), GROUP_PRIVACY)
    fields = _without(fields, "privacy")
    assert {name: found[name] for name in fields} == fields


def _check_privacy(values, expected, names):
    if expected in ("everything private", "private"):
        expected = dict.fromkeys(names, "private")
    elif expected == "public":
        expected = dict.fromkeys(names, "public")
    elif not isinstance(expected, dict):
        return
    found = {name: "private" if values.get(name) else "public" for name in expected}
    assert found == expected


def _check_kept(file, kept):
    members, groups = ([one.kept for one in rows] for rows in (file.members, file.groups))
    beside = {
        "front status texts": sum(bool(span.status) for span in file.spans),
        "front comments": sum(bool(span.status) for span in file.spans),
        "full descriptions over 1 000": any(len(str(one.get("description"))) > 1000 for one in members),
        "tag security levels": all("security_level" in one for one in groups),
        "group avatar, group tag": any("avatar" in one and "tag" in one for one in groups),
        "last_used": any(one.first_values.get("last_message_at") or "last_used" in one.kept for one in file.members),
        "avatar": any("avatar" in one for one in members),
    }
    found = {what: beside[what] if what in beside else len(file.archive.get(what, [])) for what in kept}
    assert found == kept


def _check_offer(file, label, offer):
    name, what = label.split(".")
    wanted = [name, what, re.search("“.*”", offer)[0]]
    assert any(all(word.lower() in remark.lower() for word in wanted) for remark in file.remarks)


def _find_full_description(member):
    full = [member.kept.get(name) for name in ("description", "desc")]
    return next((text for text in full if isinstance(text, str)), member.values.get("description") or "")


def _name_mentioned(file, source):
    return "@" + next(member.name for member in file.members if str(member.source).endswith(f":{source}"))


def _has_module(sentence, module):
    return module in sentence or module.replace("_", " ") in sentence


def _without(fields, *names):
    return {name: value for name, value in fields.items() if name not in names}
