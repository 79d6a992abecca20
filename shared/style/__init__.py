"""The look that every page of every service shares: one style sheet of tokens and base elements."""

from shared.style.stylesheet import keep_versioned_files, look_blueprint, static_version

__all__ = ["keep_versioned_files", "look_blueprint", "static_version"]
