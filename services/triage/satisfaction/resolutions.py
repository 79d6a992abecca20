"""Which timeline lines resolved a ticket with an e-mail that asks how it was, and the row of triage.satisfaction of each."""

# SQL on a timeline line `l`. The same e-mails as in services/notify/compose/satisfaction.py.
ASKS = """
    (l.kind = 'resolved' and l.facts ->> 'outcome' in ('solved', 'not_solved')
     or l.kind = 'replied' and l.facts ->> 'then' = 'resolve')
"""
# SQL on rows `g` with the columns ticket and resolution: the line and ticket of each that asked, as the columns of COLUMNS.
RESOLUTIONS = f"""
    select g.*, l.id as entry, l.at as resolved_at, t.team, t.category, t.decision -> 'rules' ->> 'team' as rule, l.by_id as agent
    from given g
    join triage.timeline l on l.ticket = g.ticket and l.facts ->> 'email_event' = cast(g.resolution as text) and {ASKS}
    join triage.tickets t on t.reference = g.ticket
"""
COLUMNS = "resolution, ticket, entry, resolved_at, team, category, rule, agent"
