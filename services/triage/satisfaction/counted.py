"""What counts as asked and as answered in every report: parts of statements over triage.satisfaction."""

# An answer counts even where the e-mail's own state says that it bounced: somebody had the link.
ASKED = "(mailed or answer is not null)"
COUNTS = """
    count(*) as sent, count(answer) as answered,
    count(*) filter (where answer = 'good') as good, count(*) filter (where answer = 'bad') as bad
"""
