"""Work that makes many small things at once, none of them in circles, and is slowed by looking for circles among them."""

import gc
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def uncollected(work: Callable[P, R]) -> Callable[P, R]:
    """The function, Python's search for circular garbage resting while it runs.

    Reading 10,000 rules makes half a million objects that stay; the search looks at all of them again and again, which took two
    thirds of the time. What several threads do at once is safe: only who switched the search off switches it on.
    """

    @wraps(work)
    def resting(*args: P.args, **kwargs: P.kwargs) -> R:
        if not gc.isenabled():
            return work(*args, **kwargs)
        gc.disable()
        try:
            return work(*args, **kwargs)
        finally:
            gc.enable()

    return resting
