"""Whether a port can be listened on, asked before anything is started: what the system says names no setting."""

import socket


class PortTaken(Exception):
    """A port that cannot be listened on; carries one sentence that says who wants it and which setting chooses it."""

    # Whoever holds it may be about to stop.
    exit_code = 75


def check_port(host: str, port: int, who: str, setting: str) -> None:
    """Raises PortTaken. `who` wants the port; `setting` says how to choose another."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen()
        except OSError as error:
            sentence = f"{who} cannot have port {port} of {host}: {error.strerror}. Choose another with {setting}."
            raise PortTaken(sentence) from None
