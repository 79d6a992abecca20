"""Which columns and keys hold personal data, how each is erased and when it expires."""

from shared.personal_data.register import PersonalData, Register, read_register

__all__ = ["PersonalData", "Register", "read_register"]
