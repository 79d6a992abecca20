"""Send one call of the team ads, in a process that a test can crash."""

from services.triage.settings import TriageSettings
from services.triage.webhooks.send_due_calls import send_next_call
from shared.settings import read
from shared.storage.database import make_engine

if __name__ == "__main__":
    send_next_call(make_engine(read(TriageSettings), application="calling-process"), "ads", allow_private=True)
