"""What Discord answers when it refuses, and what the control face answers."""


class ApiError(Exception):
    """A refusal in Discord's own shape: HTTP status, JSON error code, sentence."""

    def __init__(self, status: int, code: int, message: str, errors: dict | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict = {"message": message, "code": code}
        if errors:
            self.body["errors"] = errors


class SimulatorError(Exception):
    """The simulator refused a call, or cannot be reached; carries one sentence."""


class Refused(Exception):
    """A control verb was asked for something that cannot be; carries one sentence."""


_KNOWN = {
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10013: (404, "Unknown User"),
    10014: (400, "Unknown Emoji"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    10060: (404, "Unknown sticker"),
    20012: (403, "You are not authorized to perform this action on this application"),
    30007: (400, "Maximum number of webhooks reached (15)"),
    40005: (413, "Request entity too large"),
    40058: (400, "Cannot send a message in a forum channel"),
    40060: (400, "Interaction has already been acknowledged."),
    50001: (403, "Missing Access"),
    50003: (403, "Cannot execute action on a DM channel"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50008: (403, "Cannot send messages in a non-text channel"),
    50013: (403, "Missing Permissions"),
    50016: (400, "Provided too few or too many messages to delete. Must provide at least 2 and at most 100."),
    50021: (403, "Cannot execute action on a system message"),
    50024: (400, "Cannot execute action on this channel type"),
    50027: (401, "Invalid Webhook Token"),
    50033: (400, "Invalid Recipient(s)"),
    50034: (400, "You can only bulk delete messages that are under 14 days old."),
    50068: (400, "Invalid message type"),
    50081: (400, "Invalid sticker sent"),
    50083: (400, "Thread is archived"),
    50109: (400, "The request body contains invalid JSON."),
    50159: (400, "Voice messages do not support additional content."),
    50160: (400, "Voice messages must have a single audio attachment."),
    50161: (400, "Voice messages must have supporting metadata."),
    50162: (400, "Voice messages cannot be edited."),
    160002: (403, "Cannot reply without permission to read message history"),
    160004: (400, "A thread has already been created for this message"),
    160005: (403, "Thread is locked"),
    220001: (400, "Webhooks posted to forum channels must have a thread_name or thread_id"),
    220002: (400, "Webhooks posted to forum channels cannot have both a thread_name and thread_id"),
    220003: (400, "Webhooks can only create threads in forum channels"),
    520003: (400, "Cannot edit a poll message"),
}


def refusal(code: int) -> ApiError:
    """The error Discord sends under this JSON error code."""
    status, message = _KNOWN[code]
    return ApiError(status, code, message)


def invalid_form(path: list[str | int], code: str, message: str) -> ApiError:
    """Error 50035: one field of the body, named by its path, is not acceptable."""
    nested: dict = {"_errors": [{"code": code, "message": message}]}
    for key in reversed(path):
        nested = {str(key): nested}
    return ApiError(400, 50035, "Invalid Form Body", nested)


def too_long(path: list[str | int], limit: int) -> ApiError:
    """Error 50035 for a text or list above its limit."""
    return invalid_form(path, "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length.")


def required(path: list[str | int]) -> ApiError:
    """Error 50035 for a missing field."""
    return invalid_form(path, "BASE_TYPE_REQUIRED", "This field is required")


def check_text(text: object, path: list[str | int], limit: int) -> None:
    """Error 50035 for a text that is missing, blank or above its limit."""
    if not text or not str(text).strip():
        raise required(path)
    if len(str(text)) > limit:
        raise too_long(path, limit)
