"""The API for developers of forms: views that parse, call one use case and answer."""
