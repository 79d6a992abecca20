"""What measurements run on: servers, programs, load, and the ceilings that ours are compared with."""
