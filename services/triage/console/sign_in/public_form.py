"""A page with a form for somebody who is not signed in."""

import secrets

from flask import make_response, render_template
from werkzeug.wrappers import Response

from services.triage.console.layout.cookies import session_id, set_cookie, visit_cookie, visit_id
from services.triage.console.layout.csrf import form_token
from services.triage.current_deps import deps
from shared.http.csrf import csrf_token


def public_form(template: str, status: int = 200, retry_after: int = 0, **values: object) -> Response:
    """The page; its form's token (`token`) belongs to the visit, which begins with it."""
    visit = session_id() or visit_id() or secrets.token_urlsafe(32)
    token = form_token() if session_id() or visit_id() else csrf_token(deps().settings.secret, visit)
    answer = make_response(render_template(template, token=token, **values), status)
    if not session_id():
        set_cookie(answer, visit_cookie(deps().settings.triage_url), visit)
    if retry_after:
        answer.headers["Retry-After"] = str(retry_after)
    return answer


def too_many_attempts(seconds: int) -> str:
    """What a person is told who has to wait."""
    minutes = -(-seconds // 60)
    return f"Too many attempts. Please try again in {minutes} minute{'' if minutes == 1 else 's'}."
