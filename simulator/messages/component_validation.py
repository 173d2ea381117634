"""The limits of buttons, selects and modals; every refusal is error 50035 naming the field."""

from simulator.errors import check_text, invalid_form, too_long

BUTTON, LINK_STYLE = 2, 5
SELECTS = {3, 5, 6, 7, 8}


def check_components(rows: list) -> None:
    """Classic components: up to 5 rows of up to 5 buttons or one select, custom ids unique."""
    if len(rows) > 5:
        raise invalid_form(["components"], "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
    seen: set[str] = set()
    for index, row in enumerate(rows):
        inner = row.get("components") or []
        if row.get("type") != 1:
            raise invalid_form(["components", index, "type"], "BASE_TYPE_CHOICES", "Value must be one of {1}.")
        if not 1 <= len(inner) <= 5:
            path = ["components", index, "components"]
            raise invalid_form(path, "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
        for place, component in enumerate(inner):
            _check_component(component, ["components", index, "components", place], seen)


def _check_component(component: dict, path: list, seen: set[str]) -> None:
    custom_id = component.get("custom_id")
    is_link = component.get("type") == BUTTON and component.get("style") == LINK_STYLE
    if not is_link:
        check_text(custom_id, [*path, "custom_id"], 100)
        if custom_id in seen:
            sentence = "Component custom id cannot be duplicated"
            raise invalid_form([*path, "custom_id"], "COMPONENT_CUSTOM_ID_DUPLICATED", sentence)
        seen.add(custom_id)
    if len(str(component.get("label") or "")) > (80 if component.get("type") == BUTTON else 45):
        raise too_long([*path, "label"], 80)
    if len(str(component.get("placeholder") or "")) > 150:
        raise too_long([*path, "placeholder"], 150)
    if component.get("type") == 3 and not 1 <= len(component.get("options") or []) <= 25:
        sentence = "Must be between 1 and 25 in length."
        raise invalid_form([*path, "options"], "BASE_TYPE_BAD_LENGTH", sentence)


def check_modal(data: dict) -> None:
    """A modal: title, custom id, one to five components."""
    check_text(data.get("title"), ["data", "title"], 45)
    check_text(data.get("custom_id"), ["data", "custom_id"], 100)
    if not 1 <= len(data.get("components") or []) <= 5:
        raise invalid_form(["data", "components"], "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
