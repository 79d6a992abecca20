"""Finding the help topics that fit a few words of a person. Pure: no request, no clock, no database."""
