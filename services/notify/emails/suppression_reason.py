"""How the ledger words that an address is on the suppression list. Pure."""

ON_THE_LIST = "the address is on the suppression list: "


def because_listed(reason: str) -> str:
    """Why an e-mail to it is not sent; `reason` is why it is on the list."""
    return ON_THE_LIST + reason
