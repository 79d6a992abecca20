"""The style sheet that all pages share: design tokens and base elements."""

from shared.style.stylesheet import keep_versioned_files, look_blueprint, static_version

__all__ = ["keep_versioned_files", "look_blueprint", "static_version"]
