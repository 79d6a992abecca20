"""What is promised of speed, measured: each figure beside a ceiling of the same run, since machines differ."""
