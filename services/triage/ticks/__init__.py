"""What triage does by time, and the tasks of long work: each module registers one subject."""
