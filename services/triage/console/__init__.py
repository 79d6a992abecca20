"""The agents' console: sign-in, queues, tickets."""
