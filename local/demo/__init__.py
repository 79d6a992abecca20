"""`make demo`: sample notes sent into a running stack, and each one's way shown as it happens.

notes.yaml   the notes: what is posted, and where catalog and seed rules say that it must end
files        the sample files that notes carry
journey      one note's way, followed through the three services' APIs
screen       what the terminal shows
"""
