"""The shell around the session machine: sockets, queues, rows and tickets."""
