"""What people are to hear of, such as mentions in internal notes."""
