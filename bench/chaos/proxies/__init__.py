"""What stands between our processes and the servers outside, and misbehaves on order."""
