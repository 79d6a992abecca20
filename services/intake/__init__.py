"""Takes notes from requesters: the help pages, the form, the API, the attachment path."""
