"""The proof that nothing is lost and nothing doubled: notes are sent while processes are killed, frozen and made to forget."""
