"""The kinds of e-mail: for each the event that causes it, its recipient, its facts and samples."""
