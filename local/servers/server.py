"""What the four servers have in common once they run."""

from dataclasses import dataclass

from local.process import Launch, Process


@dataclass(frozen=True)
class Server:
    """A server that answers at `url`."""

    url: str
    process: Process

    @property
    def pid(self) -> int:
        return self.process.pid

    def stop(self) -> None:
        """End it in its orderly way."""
        self.process.stop()

    def kill(self) -> None:
        """End it as a crash would (SIGKILL)."""
        self.process.kill()

    def start(self) -> None:
        """Start it again, on its old data and port, after `stop` or `kill`; returns when it answers."""
        self.process.clear()
        self.process.start()
        self.process.wait_until_it_answers()


def started(url: str, launch: Launch) -> Server:
    """Start what `launch` says and return it when it answers; raises LocalError."""
    server = Server(url, Process(launch))
    try:
        server.start()
    except BaseException:
        server.process.clear()
        raise
    return server
