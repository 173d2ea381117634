"""The control face as Python methods, synchronous: all that tests, benchmarks and the command line may import."""

from simulator.client.caller import DEFAULT_URL
from simulator.client.fault_verbs import EXECUTE_WEBHOOK
from simulator.client.simulator import Simulator
from simulator.errors import SimulatorError

__all__ = ["DEFAULT_URL", "EXECUTE_WEBHOOK", "Simulator", "SimulatorError"]
