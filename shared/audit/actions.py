"""What the audit log tells of."""

# Every action, and what people read. A new one is a line here; `record_audit` takes no other.
ACTIONS = {
    "user.created": "account made",
    "user.changed": "account changed",
    "user.closed": "account closed",
    "user.opened": "account opened again",
    "user.password_set": "password set",
    "user.invited": "invitation sent",
    "user.password_forgotten": "link for a forgotten password sent",
    "token.created": "token made",
    "token.revoked": "token ended",
    "session.started": "signed in",
    "session.ended": "other sessions ended",
    "session.refused": "sign-in refused",
    "suppression.added": "address suppressed",
    "suppression.lifted": "suppression lifted",
    "ruleset.activated": "rules activated",
}
