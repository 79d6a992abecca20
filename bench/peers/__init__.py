"""Other programs for the same work, each installed into an environment of the benchmark's own and set up as its documentation says."""
