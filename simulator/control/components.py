"""Verbs for buttons, selects and modals."""

from simulator.control.commands import start
from simulator.control.messages import find_anywhere
from simulator.control.verbs import verb
from simulator.errors import Refused
from simulator.interactions.interactions import COMPONENT, MODAL_SUBMIT
from simulator.messages.component_validation import BUTTON, LINK_STYLE, SELECTS
from simulator.simulation import Simulation
from simulator.state.entities import Message, User
from simulator.state.permissions import may


def walk(components: list) -> list[dict]:
    """All components of a message or a modal, rows opened."""
    found = []
    for component in components:
        found.append(component)
        found += walk(component.get("components") or [])
        if inner := component.get("component"):
            found += walk([inner])
    return found


@verb
def click(sim: Simulation, user: str | int, message_id: str | int, custom_id: str, values: list | None = None) -> str:
    """A user presses a button, or picks `values` in a select; the interaction's id."""
    who, message = sim.world.user(user), find_anywhere(sim, message_id)
    _check_sees(who, message)
    component = next((c for c in walk(message.components) if c.get("custom_id") == custom_id), None)
    if component is None:
        raise Refused(f"That message has no component {custom_id!r}.")
    if component.get("disabled"):
        raise Refused(f"The component {custom_id!r} is disabled.")
    data = {"custom_id": custom_id, "component_type": component["type"], "id": component.get("id", 1)}
    if component["type"] in SELECTS:
        data["values"] = _picked(component, values or [])
    return start(sim, COMPONENT, who, message.channel, data, message)


def _check_sees(user: User, message: Message) -> None:
    hidden = message.visible_to not in (None, user) or message.channel.recipient not in (None, user)
    if hidden or not may(message.channel, user.id, "VIEW_CHANNEL"):
        raise Refused(f"{user.name} cannot see that message.")


def _picked(component: dict, values: list) -> list:
    low, high = component.get("min_values", 1), component.get("max_values", 1)
    if not low <= len(values) <= high:
        raise Refused(f"That select takes {low} to {high} values.")
    offered = {option["value"] for option in component.get("options") or []}
    if component["type"] == 3 and not set(values) <= offered:
        raise Refused("That select does not offer these values.")
    return values


@verb
def find_component(sim: Simulation, user: str | int, label: str) -> dict:
    """The newest message that this user sees with a button of this label or custom id."""
    who = sim.world.user(user)
    for message in _newest_first(sim):
        for component in walk(message.components):
            names = (component.get("label"), component.get("custom_id"))
            is_link = component.get("type") == BUTTON and component.get("style") == LINK_STYLE
            if label in names and not is_link and message.visible_to in (None, who):
                return {"message_id": message.id, "custom_id": component["custom_id"]}
    raise Refused(f"No message has a button {label!r}.")


def _newest_first(sim: Simulation) -> list[Message]:
    everything = [m for c in sim.world.channels.values() for m in c.messages.values()]
    return sorted(everything, key=lambda m: int(m.id), reverse=True)


@verb
def submit_modal(sim: Simulation, user: str | int, values: dict | None = None, custom_id: str | None = None) -> str:
    """A user sends the modal that was last shown; `values` by the inputs' custom ids."""
    who = sim.world.user(user)
    shown = sim.interactions.last_modal(who, custom_id)
    if shown is None:
        raise Refused(f"No modal is shown to {who.name}.")
    values, inputs = values or {}, [c for c in walk(shown.modal["components"]) if "custom_id" in c]
    unknown = set(values) - {c["custom_id"] for c in inputs}
    if unknown:
        raise Refused(f"The modal has no input {min(unknown)!r}.")
    for field in inputs:
        _check_input(field, str(values.get(field["custom_id"], field.get("value") or "")))
    rows = [_filled(row, values) for row in shown.modal["components"]]
    data = {"custom_id": shown.modal["custom_id"], "components": rows}
    submitted = start(sim, MODAL_SUBMIT, who, shown.channel, data, shown.source)
    shown.modal = None
    return submitted


def _check_input(field: dict, text: str) -> None:
    name = field["custom_id"]
    if not text:
        if field.get("required", True):
            raise Refused(f"The input {name!r} is required.")
        return
    if len(text) < (field.get("min_length") or 0) or len(text) > (field.get("max_length") or 4000):
        raise Refused(f"The input {name!r} is out of its limits.")


def _filled(component: dict, values: dict) -> dict:
    body = {"type": component["type"], "id": component.get("id", 1)}
    if "custom_id" in component:
        body["custom_id"] = component["custom_id"]
        body["value"] = values.get(component["custom_id"], component.get("value") or "")
    if "components" in component:
        body["components"] = [_filled(c, values) for c in component["components"]]
    if "component" in component:
        body["component"] = _filled(component["component"], values)
    return body
