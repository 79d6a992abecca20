"""The people that an internal note mentions: `@name`, the address or its part before the @."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from shared.auth.principal import Principal
from shared.errors import Unprocessable

MOST_NAMES = 50

# Not within a word, an address or a web address.
_NAME = re.compile(r"(?<![\w.@+/-])@([\w+][\w.+'-]*(?:@[\w-]+(?:\.[\w-]+)*)?)")
_PEOPLE = text("""
    select u.id, u.name, u.email, u.role,
           array(select team from auth.memberships m where m.user_id = u.id) as teams
    from auth.users u
    where u.disabled_at is null and u.role <> 'service' and not u.is_program
      and (lower(u.email) = any(:names) or lower(split_part(u.email, '@', 1)) = any(:names))
    order by lower(u.email) limit 500
""")


@dataclass(frozen=True)
class Mentions:
    """`readers` are notified; `others` may not read the ticket."""

    readers: Sequence[Principal]
    others: Sequence[Principal]


NOBODY = Mentions((), ())


def names_in(message: str) -> list[str]:
    """The names after an @, in lower case, each once, in their order; a full stop or comma at the end is none of a name's."""
    found = (match.rstrip(".'-").lower() for match in _NAME.findall(message))
    return list(dict.fromkeys(name for name in found if name))


def find_mentions(connection: Connection, message: str, team: str, writer: Principal) -> Mentions:
    """Whom the message mentions; its writer never. Names of nobody are plain text.

    Raises Unprocessable for a name that several people share, and for too many names.
    """
    names = names_in(message)
    if not names:
        return NOBODY
    if len(names) > MOST_NAMES:
        raise Unprocessable({"message": [f"Mentions more than {MOST_NAMES} names."]})
    rows = connection.execute(_PEOPLE, {"names": names})
    people = [Principal(row.id, row.name, row.email, row.role, frozenset(row.teams)) for row in rows]
    by_name = _by_name(people)
    if errors := [_ambiguous(name, by_name[name]) for name in names if len(by_name[name]) > 1]:
        raise Unprocessable({"message": errors})
    found = list(dict.fromkeys(one for name in names for one in by_name[name] if one.id != writer.id))
    return Mentions(
        [one for one in found if one.may_read(team)],
        [one for one in found if not one.may_read(team)],
    )


def _by_name(people: Sequence[Principal]) -> Mapping[str, list[Principal]]:
    """People by their address and by its part before the @. A whole address means its owner alone."""
    found: dict[str, list[Principal]] = defaultdict(list)
    for one in people:
        email = one.email.lower()
        found[email].append(one)
        found[email.partition("@")[0]].append(one)
    return found


def _ambiguous(name: str, people: Sequence[Principal]) -> str:
    addresses = " or ".join(f"@{one.email}" for one in people)
    return f"@{name} could be several people. Write the whole address: {addresses}."
