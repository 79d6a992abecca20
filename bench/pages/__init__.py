"""Figures, and the pages of docs/operate that show them."""
