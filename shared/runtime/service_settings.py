"""Each service's own settings, by convention: `services.<service>.settings`, class `<Service>Settings`."""

from importlib import import_module

from shared.settings import PlatformSettings, read


def settings_of(service: str) -> PlatformSettings:
    """Read from the process's environment. Raises SettingsError."""
    cls: type[PlatformSettings] = getattr(import_module(f"services.{service}.settings"), f"{service.title()}Settings")
    return read(cls)
