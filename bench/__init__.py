"""Measure the speed promises. Each figure is compared with a ceiling of the same run, since machines differ."""
