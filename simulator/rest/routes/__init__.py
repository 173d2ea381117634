"""The routes, a module for each kind of thing. They know neither the gateway's frames nor the control face."""
