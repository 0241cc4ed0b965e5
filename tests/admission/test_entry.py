"""Who goes straight in, who knocks, who is turned away: every row, and every mixture of rows."""

import itertools

import pytest

from admission.directory import Account, Role
from admission.entry import Door, Standing, Verdict, standing, verdict
from admission.setup import Colleagues

OLGA = Account("olga", "acme", "olga@example.org", "Olga", Role.MEMBER, None)


def an_account(workspace: str, role: Role) -> Account:
    return Account("other", workspace, "other@example.org", "Other", role, None)


@pytest.mark.parametrize(
    ("visitor", "expected"),
    [
        (OLGA, Standing.OWNER),
        (an_account("acme", Role.MEMBER), Standing.COLLEAGUE),
        (an_account("acme", Role.ADMIN), Standing.COLLEAGUE),
        (an_account("acme", Role.GUEST), Standing.OUTSIDER),
        (an_account("beta", Role.MEMBER), Standing.OUTSIDER),
        (an_account("beta", Role.ADMIN), Standing.OUTSIDER),
        (None, Standing.OUTSIDER),
    ],
)
def test_what_somebody_is_to_a_link(visitor: Account | None, expected: Standing) -> None:
    assert standing(visitor, OLGA) is expected


OWNER, COLLEAGUE, OUTSIDER = Standing
ROWS = [
    (Door(OWNER), Verdict.WALK_IN),
    (Door(OWNER, open=False), Verdict.WALK_IN),
    (Door(OWNER, locked=True), Verdict.WALK_IN),
    (Door(OWNER, place_left=False), Verdict.WALK_IN),
    (Door(OWNER, retired=True), Verdict.NOT_FOUND),
    (Door(COLLEAGUE), Verdict.WALK_IN),
    (Door(COLLEAGUE, open=False), Verdict.WALK_IN),
    (Door(COLLEAGUE, locked=True), Verdict.WALK_IN),
    (Door(COLLEAGUE, place_left=False), Verdict.FULL),
    (Door(COLLEAGUE, colleagues=Colleagues.KNOCK), Verdict.KNOCK),
    (Door(COLLEAGUE, colleagues=Colleagues.KNOCK, place_left=False), Verdict.FULL),
    (Door(OUTSIDER), Verdict.KNOCK),
    (Door(OUTSIDER, open=False), Verdict.CLOSED),
    (Door(OUTSIDER, locked=True), Verdict.LOCKED),
    (Door(OUTSIDER, place_left=False), Verdict.FULL),
    (Door(OUTSIDER, open=False, locked=True, place_left=False), Verdict.CLOSED),
    (Door(OUTSIDER, locked=True, place_left=False), Verdict.LOCKED),
    (Door(OUTSIDER, retired=True), Verdict.NOT_FOUND),
    (Door(OUTSIDER, inside=True, retired=True), Verdict.AS_BEFORE),
]


@pytest.mark.parametrize(("door", "expected"), ROWS)
def test_each_row_of_who_enters_how(door: Door, expected: Verdict) -> None:
    assert verdict(door) is expected


def every_door() -> list[Door]:
    flags = itertools.product([False, True], repeat=6)
    return [
        Door(who, inside, retired, disabled, is_open, locked, colleagues, place_left)
        for inside, retired, disabled, is_open, locked, place_left in flags
        for who in Standing
        for colleagues in Colleagues
    ]


def test_only_members_of_the_owners_workspace_are_moderators_and_no_setup_lets_an_outsider_in_undecided() -> None:
    for door in every_door():
        if door.standing is Standing.OUTSIDER:
            assert verdict(door) is not Verdict.WALK_IN


def test_who_is_inside_stays_inside_whatever_is_full_locked_closed_or_rotated() -> None:
    for door in every_door():
        if door.inside and not door.owner_disabled:
            assert verdict(door) is Verdict.AS_BEFORE


def test_behind_a_disabled_owner_or_a_rotated_address_there_is_nothing() -> None:
    for door in every_door():
        if door.owner_disabled or (door.retired and not door.inside):
            assert verdict(door) is Verdict.NOT_FOUND


def test_the_owner_always_gets_in() -> None:
    for door in every_door():
        if door.standing is Standing.OWNER and not door.owner_disabled and not door.retired:
            assert verdict(door) in (Verdict.WALK_IN, Verdict.AS_BEFORE)
