"""Who is asked about, and how a refusal is told."""

ALICE, BOB, CHARLIE, STRANGER = 80351110224678912, 80351110224678913, 80351110224678914, 80351110224678915
NO_PERMISSION = ("no_permission", "You do not have permission to access this resource")
NO_ROUTE = ("not_found", "Route does not exist")


def told(answer):
    """Status, code and message of an answer that must wear Lanyard's envelope."""
    assert answer.content_type == "application/json"
    assert list(answer.json) == ["success", "error"]
    assert answer.json["success"] is False
    hint = ["hint"] if answer.json["error"]["code"] == "user_not_monitored" else []
    assert list(answer.json["error"]) == ["code", "message", *hint]
    return answer.status_code, answer.json["error"]["code"], answer.json["error"]["message"]
