"""`make demo`: send sample submissions to a running stack and show each step.

submissions.yaml   what is posted, and the result that catalogue and seed rules imply
files              their sample files
journey            one submission, followed through the three services' APIs
screen             what the terminal shows
"""
