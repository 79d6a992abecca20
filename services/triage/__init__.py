"""triage: decides which team a note belongs to, and is where that team works on it."""
