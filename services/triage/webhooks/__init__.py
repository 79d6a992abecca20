"""A team's own tools are told what happens to its tickets."""
