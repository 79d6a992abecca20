"""A whole stack: started in order, kept alive, stopped in order."""

import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from local import stack_file
from local.data_directory import DataDirectory
from local.errors import LocalError
from local.orphans import forget, remember
from local.people import People, ensure_people
from local.plan import Plan
from local.preload import preload
from local.process import Launch, Process
from local.supervisor import Supervisor
from shared.runtime import heartbeat, liveness, serve
from shared.runtime.processes import PROCESSES, ProcessSettings, Web
from shared.runtime.processes import Process as OurProcess

ROOT = Path(__file__).resolve().parents[1]
# Seconds; 30 for both together.
OURS_WITHIN, SERVERS_WITHIN = 15.0, 10.0
# Seconds. On two free cores all of ours serve after five; on a machine that builds something beside, one took over 60.
OURS_START_WITHIN = 180.0
PATIENCE = 10.0  # seconds without output until a line names what is waited for


class Stack:
    """`show` prints a line of progress."""

    def __init__(
        self, directory: DataDirectory, plan: Plan, settings: ProcessSettings, show: Callable[[str], None]
    ) -> None:
        self.directory, self.plan, self.settings = directory, plan, settings
        self.people: People | None = None
        self._last_word = 0.0  # monotonic; when a wait was last shown
        self._show = show
        self._supervisor = Supervisor(show, self._pids_changed)

    def start(self) -> None:
        """Bring everything up; returns when everything serves. Raises LocalError."""
        executed = [launch for launch in self.plan.servers if launch.function is None]
        servers = self._start_together(executed)
        preload(PROCESSES, self.settings)  # while they start
        self._wait_for(servers)
        self._prepare_data()
        # The last to be forked share the most: what this process writes after a fork is no longer the child's.
        forked = [launch for launch in self.plan.servers if launch.function is not None]
        self._wait_for(self._start_together([*forked, *(self._launch(each) for each in PROCESSES)]))
        self._pids_changed()

    def keep_alive(self) -> None:
        """Restart processes that die, until an exception."""
        self._supervisor.run()

    def stop(self) -> None:
        """Stop our processes first, then the servers that they use; leaves none."""
        (self.directory.folder / stack_file.NAME).unlink(missing_ok=True)
        try:
            self._supervisor.stop([each.name for each in PROCESSES], OURS_WITHIN)
        finally:
            self._supervisor.stop([launch.name for launch in reversed(self.plan.servers)], SERVERS_WITHIN)
        forget(self.directory.run)

    def _start_together(self, launches: list[Launch]) -> list[Process]:
        processes = [Process(launch) for launch in launches]
        for process in processes:
            self._supervisor.keep(process)  # first, so that a signal in between does not lose it
            process.start()
        remember(self.directory.run, self._supervisor.processes)
        return processes

    def _wait_for(self, processes: list[Process]) -> None:
        for process in processes:
            process.wait_until_it_answers(between=partial(self._show_patience, process))
            self._show(f"{process.launch.name} serves")

    def _show_patience(self, process: Process) -> None:
        if time.monotonic() - max(self._last_word, process.started_at) > PATIENCE:
            self._last_word = time.monotonic()
            self._show(f"waiting for {process.launch.name} …")

    def _prepare_data(self) -> None:
        # Imported here: by now the servers are starting, and these take their time.
        from shared.errors import TransientError
        from shared.storage.database import make_engine
        from shared.storage.migrate import fill_teams, migrate
        from shared.storage.object_store import ObjectStore

        try:
            migrate(self.settings.database_url)
            fill_teams(self.settings)
            self._show("database migrated")
            if "s3" not in [launch.name for launch in self.plan.servers]:
                ObjectStore(self.settings).ensure_bucket()
            engine = make_engine(self.settings, application="vidare-local", pool_size=1)
            with_agents = self.plan.own_database or os.environ.get("VIDARE_LOCAL_AGENTS") == "1"
            self.people = ensure_people(
                self.directory.folder / "people.json", engine, self.settings.teams, with_agents=with_agents
            )
            engine.dispose()
        except SQLAlchemyError as error:
            raise LocalError(f"the database cannot be set up: {str(error).splitlines()[0]}") from error
        except TransientError as error:
            raise LocalError(f"the bucket {self.settings.s3_bucket} cannot be made: {error}") from error

    def _launch(self, process: OurProcess) -> Launch:
        return Launch(
            name=process.name,
            command=(sys.executable, "-m", "shared.runtime.serve", process.name),
            function=None if self._has_several(process) else partial(serve.main, [process.name]),
            log=self.directory.logs / f"{process.name}.log",
            environment={**self.plan.environment, "PYTHONUNBUFFERED": "1"},
            directory=ROOT,
            before=partial(heartbeat.file_of(self.settings, process.name).unlink, missing_ok=True),
            answers=partial(liveness.serves, process, self.settings),
            start_within=OURS_START_WITHIN,
        )

    def _has_several(self, process: OurProcess) -> bool:
        """Whether it has several web workers: prometheus-client, which adds their numbers up, must then be loaded in it anew."""
        return isinstance(process, Web) and self.settings.web_workers > 1

    def _pids_changed(self) -> None:
        remember(self.directory.run, self._supervisor.processes)
        if self.people is not None:
            told = stack_file.description(self.plan, self.settings, self.people, self._supervisor.pids())
            stack_file.write(self.directory.folder, told)
