"""Verbs for webhooks: somebody else's hands on them."""

from simulator import payloads
from simulator.control.verbs import verb
from simulator.errors import Refused
from simulator.messages import webhooks
from simulator.simulation import Simulation
from simulator.state.entities import Webhook


def _shown(sim: Simulation, webhook: Webhook) -> dict:
    return payloads.webhook(webhook, sim.world.bot.id) | {"token": webhook.token}


def _find(sim: Simulation, webhook: str | int) -> Webhook:
    found = sim.world.webhooks.get(str(webhook))
    if found is None:
        raise Refused(f"There is no webhook {webhook}.")
    return found


@verb
def add_webhook(sim: Simulation, channel: str | int, name: str = "Somebody", by: str | int | None = None) -> dict:
    """A new webhook in a channel, made by a user, by another bot, or (null) by the bot itself; it, with its token."""
    where = sim.world.channel(channel)
    user = sim.world.bot if by is None else sim.world.user(by)
    webhooks.check_place(sim, where)
    return _shown(sim, webhooks.add(sim, where, webhooks.check_name(name), user))


@verb
def webhooks_(sim: Simulation, channel: str | int | None = None) -> list:
    """The webhooks of a channel, the oldest first, with their tokens."""
    return [_shown(sim, w) for w in webhooks.of_channels(sim, [sim.world.channel(channel)])]


@verb
def delete_webhook(sim: Simulation, webhook: str | int) -> None:
    """Somebody deletes a webhook."""
    webhooks.remove(sim, _find(sim, webhook))


@verb
def move_webhook(sim: Simulation, webhook: str | int, channel: str | int) -> None:
    """Somebody moves a webhook to another channel of its server."""
    found, target = _find(sim, webhook), sim.world.channel(channel)
    if target.guild is not found.channel.guild:
        raise Refused("A webhook stays in its server.")
    webhooks.check_place(sim, target)
    webhooks.change(sim, found, channel=target)
