"""Accepts submissions from requesters: help pages, form, API, attachments, inbound mail."""
