"""triage's checks for `vidare doctor`: the active ruleset, people for every team, webhooks that answer."""

from collections.abc import Iterator

from services.triage.rulesets.stored import StoredRulesets
from services.triage.settings import TriageSettings
from services.triage.webhooks.call_log import waiting_calls
from shared.auth.principal import ALL_TEAMS
from shared.auth.users import list_users
from shared.catalog import load
from shared.doctor.engine import doctor_engine
from shared.doctor.finding import Finding, Question, critical, ok, warning
from shared.settings import read

_FAILING_SECONDS = 3600  # a restart or a repair of a receiver takes less


def questions() -> Iterator[Question]:
    """The checks, in the order in which they are shown."""
    yield Question("rules", _rules, needs=("PostgreSQL",))
    yield Question("people", _people, needs=("PostgreSQL",))
    yield Question("webhooks", _webhooks, needs=("PostgreSQL",))


def _rules() -> Finding:
    settings = read(TriageSettings)
    rulesets = StoredRulesets(load(settings.catalog), settings.teams)
    with doctor_engine(settings).connect() as connection:
        active = rulesets.active(connection)
    return ok(f"ruleset {active.number} is active")


def _people() -> Finding:
    settings = read(TriageSettings)
    with doctor_engine(settings).connect() as connection:
        people = [user for user in list_users(connection) if not user.disabled_at]
    if not any(user.role == "admin" for user in people):
        return critical("there is no admin", 'vidare users add you@example.org --name "Your name" --role admin')
    served = {team for user in people for team in user.teams}
    unserved = [] if ALL_TEAMS in served else [team for team in settings.teams if team not in served]
    if unserved:
        return warning(f"no person serves {', '.join(unserved)}", "vidare users add … --team, or the page /people")
    return ok(f"{len(people)}, at least one for every team")


def _webhooks() -> Finding:
    settings = read(TriageSettings)
    with doctor_engine(settings).connect() as connection:
        waiting = waiting_calls(connection)
    worst = max(waiting, key=lambda one: one.failing_seconds, default=None)
    if worst is not None and worst.failing_seconds > _FAILING_SECONDS:
        problem = f"one of {worst.team} has failed for {worst.failing_seconds / 3600:.1f} h, {worst.calls} calls wait"
        return warning(
            problem, "the console's page Webhooks, at the foot of the queue, shows what the receiver answered"
        )
    return ok(f"{sum(one.calls for one in waiting)} calls wait")
