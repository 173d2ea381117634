"""What Discord takes as a poll, and the poll object that a request becomes."""

from datetime import UTC, datetime, timedelta

from simulator.errors import invalid_form, required, too_long

QUESTION_LIMIT, ANSWER_LIMIT, ANSWERS_LIMIT, LONGEST_HOURS = 300, 55, 10, 768


def check_poll(poll: object) -> None:
    """A poll as a request brings it, else 50035."""
    if poll is None:
        return
    if not isinstance(poll, dict):
        raise invalid_form(["poll"], "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
    _check_text(poll.get("question"), ["poll", "question"], QUESTION_LIMIT)
    answers = poll.get("answers") or []
    if not isinstance(answers, list) or not 1 <= len(answers) <= ANSWERS_LIMIT:
        sentence = f"Must be between 1 and {ANSWERS_LIMIT} in length."
        raise invalid_form(["poll", "answers"], "BASE_TYPE_BAD_LENGTH", sentence)
    for index, answer in enumerate(answers):
        media = answer.get("poll_media") if isinstance(answer, dict) else None
        _check_text(media, ["poll", "answers", index, "poll_media"], ANSWER_LIMIT)
    hours = poll.get("duration", 24)
    if not isinstance(hours, int) or not 1 <= hours <= LONGEST_HOURS:
        sentence = f"int value should be between 1 and {LONGEST_HOURS}."
        raise invalid_form(["poll", "duration"], "NUMBER_TYPE_MAX", sentence)


def _check_text(media: object, path: list[str | int], limit: int) -> None:
    text = media.get("text") if isinstance(media, dict) else None
    if not text:
        raise required([*path, "text"])
    if len(str(text)) > limit:
        raise too_long([*path, "text"], limit)


def made_poll(request: dict) -> dict:
    """The poll object of a message, without votes."""
    expiry = datetime.now(UTC) + timedelta(hours=request.get("duration", 24))
    answers = [{"answer_id": i, "poll_media": a["poll_media"]} for i, a in enumerate(request["answers"], 1)]
    return {
        "question": request["question"],
        "answers": answers,
        "expiry": expiry.isoformat(timespec="microseconds"),
        "allow_multiselect": bool(request.get("allow_multiselect")),
        "layout_type": 1,
        "results": {"is_finalized": False, "answer_counts": []},
    }
