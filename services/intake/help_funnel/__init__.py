"""How many people the help was shown to, how many it served, and how many came back: counted without cookies."""
