"""Step 1: the topics, the help of each, and "That solved it"."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.intake.current_deps import deps
from services.intake.web.help.funnel import count_step, steps_metric
from services.intake.web.help.search import add_topic_search, others, searched
from services.intake.web.languages import page_locale
from shared.catalog.help_html import help_html
from shared.catalog.model import Category


def add_help_pages(pages: Blueprint) -> None:
    """Add the pages of step 1, and the metric of what people do there."""
    steps_metric()
    pages.add_url_rule("/help", view_func=topics)
    add_topic_search(pages)
    pages.add_url_rule("/help/<path:category>", view_func=topic)
    pages.add_url_rule("/help/<path:category>/solved", view_func=solved, methods=["POST"])


def topics() -> ResponseReturnValue:
    """GET /help: every topic, or those that `q` finds, the best first."""
    query, found = searched(request.args.get("q", ""))
    return render_template("help/topics.html", query=query, found=found, others=others())


def topic(category: str) -> ResponseReturnValue:
    """GET /help/<category/path>: its help."""
    if category in deps().catalog.segments:
        return redirect(url_for("form.topics", _anchor=category))
    found = find_category(category)
    if found.path != category:
        return redirect(url_for("form.topic", category=found.path), 301)
    was_solved = "solved" in request.args
    if not was_solved:
        count_step("shown", found.path)
    return render_template(
        "help/topic.html", category=found, help_html=help_html(found, page_locale()), solved=was_solved
    )


def solved(category: str) -> ResponseReturnValue:
    """POST /help/<category/path>/solved: the help was enough."""
    found = find_category(category)
    count_step("solved", found.path)
    return redirect(url_for("form.topic", category=found.path, solved=1), 303)


def find_category(path: str) -> Category:
    """The category of `path` in today's catalogue; aborts with 404 when it cannot be chosen."""
    found = deps().catalog.resolve(path)
    if found is None or not found.listed:
        abort(404)
    return found
