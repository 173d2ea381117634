"""What is told in numbers of a file of another app: how many of a thing, in one finished sentence."""

from collections import Counter

# One, and more than one; in the order in which they are told.
_SENTENCES = {
    "unknown_fronters": (
        "1 front is of a member who is not in the file; it is kept aside.",
        "{:,} fronts are of members who are not in the file; they are kept aside.",
    ),
    "without_start": (
        "1 front does not say when it began; it is kept aside.",
        "{:,} fronts do not say when they began; they are kept aside.",
    ),
    "without_end": (
        "1 front is over, but has no end; it is kept aside.",
        "{:,} fronts are over, but have no end; they are kept aside.",
    ),
    "swapped": (
        "1 front ends before it begins; the two times are swapped.",
        "{:,} fronts end before they begin; the two times are swapped.",
    ),
    "zero_length": (
        "1 front begins and ends at the same instant; it is kept aside.",
        "{:,} fronts begin and end at the same instant; they are kept aside.",
    ),
    "too_old": (
        "1 front begins before the year 2000; it is kept aside.",
        "{:,} fronts begin before the year 2000; they are kept aside.",
    ),
    "in_the_future": (
        "1 front lies in the future; it is kept aside.",
        "{:,} fronts lie in the future; they are kept aside.",
    ),
    "cut_statuses": (
        "1 text beside a front is cut; the full text is kept aside.",
        "{:,} texts beside fronts are cut; the full texts are kept aside.",
    ),
    "unknown_group_members": (
        "In the groups is 1 member who is not in the file.",
        "In the groups are {:,} members who are not in the file.",
    ),
    "unknown_parents": (
        "1 group lies within one that is not in the file; it comes to the top.",
        "{:,} groups lie within some that are not in the file; they come to the top.",
    ),
    "circles": (
        "1 group lies within itself; it comes to the top.",
        "{:,} groups lie within each other in a circle; they come to the top.",
    ),
    "cut_descriptions": (
        "1 description is cut; the full description is kept aside.",
        "{:,} descriptions are cut; the full descriptions are kept aside.",
    ),
    "unknown_fields": (
        "1 value is of a custom field that is not in the file; it is kept aside.",
        "{:,} values are of custom fields that are not in the file; they are kept aside.",
    ),
    "encrypted_messages": (
        "1 chat message is still encrypted, so nobody can read it; it is kept aside.",
        "{:,} chat messages are still encrypted, so nobody can read them; they are kept aside.",
    ),
    "dead_pictures": (
        "1 picture is lost: the server that had it is closed. Set it again.",
        "{:,} pictures are lost: the server that had them is closed. Set them again.",
    ),
    "pictures_inside": (
        "1 picture is in the file itself and not at an address; it is not shown, and kept aside.",
        "{:,} pictures are in the file itself and not at an address; they are not shown, and kept aside.",
    ),
    "unreadable": (
        "1 row of the file cannot be read, and is left out.",
        "{:,} rows of the file cannot be read, and are left out.",
    ),
    "of_others": (
        "1 row of the file is somebody else's, and left out.",
        "{:,} rows of the file are somebody else's, and left out.",
    ),
}


class Tally(Counter[str]):
    """How many of each thing that is told by its number."""

    @property
    def sentences(self) -> tuple[str, ...]:
        """One finished sentence for each of them."""
        return tuple(
            one if self[what] == 1 else many.format(self[what])
            for what, (one, many) in _SENTENCES.items()
            if self[what] > 0
        )
