"""The room's set-up: defaults, what is kept of it, and the rights that follow from it."""

import itertools

import pytest

from admission.seat import Role
from admission.setup import DEFAULTS, Rights, Setup, Who, rights

WHO = {"microphone", "camera", "screen_share", "chat"}


def test_everybody_may_do_everything_unless_it_is_chosen_otherwise() -> None:
    for role in Role:
        assert rights(role, DEFAULTS) == Rights(True, True, True, True)


@pytest.mark.parametrize(("role", "field"), list(itertools.product(Role, sorted(WHO))))
def test_what_is_for_moderators_is_for_moderators_only(role: Role, field: str) -> None:
    allowed = rights(role, Setup(**{field: Who.MODERATORS}))  # type: ignore[arg-type]
    assert getattr(allowed, field) is (role is Role.MODERATOR)
    assert all(getattr(allowed, other) for other in WHO - {field})


def test_a_setup_comes_back_from_what_is_kept_of_it() -> None:
    chosen = Setup(subject="Interviews", microphone=Who.MODERATORS, seats=6, locked=True)
    assert Setup.read(chosen.stored()) == chosen
    assert DEFAULTS.stored() == {}
    assert Setup.read({"a field of a later version": 1}) == DEFAULTS


@pytest.mark.parametrize(("chosen", "plan", "cap"), [(None, 12, 12), (4, 12, 4), (50, 12, 12), (50, 200, 50)])
def test_the_cap_is_what_is_chosen_within_the_plan(chosen: int | None, plan: int, cap: int) -> None:
    assert Setup(seats=chosen).cap(plan) == cap
