"""Files of an agent's own: uploaded, checked, used by an action, and the messages that wait for them."""
