"""Texts that agents keep for their messages: placeholders, who may change them, and how often they are used."""
