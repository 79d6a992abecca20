"""The author of a change by command."""

import getpass
import os
import socket

from services.triage.rulesets.author import Author


def command_author() -> Author:
    """The user of this machine, and which machine it is; a container may have a user without a name."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = f"user {os.getuid()}"
    return Author(name, f"the command line of {socket.gethostname()}")
