"""What is due by time, done by ticks: each in short transactions, and harmless when missed or doubled."""
