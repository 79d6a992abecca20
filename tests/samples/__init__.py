"""Sample files, honest and lying, made when they are asked for: `tests.samples.files.SAMPLES`."""
