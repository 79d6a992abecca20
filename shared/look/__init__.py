"""The look that every page of every service shares: one style sheet of tokens and base elements."""

from shared.look.sheet import look_blueprint, static_version

__all__ = ["look_blueprint", "static_version"]
