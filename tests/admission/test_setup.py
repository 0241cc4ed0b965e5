"""The room's set-up: defaults, what is kept of it, and the rights that follow from it."""

import itertools

import pytest

from admission.seat import Role
from admission.setup import DEFAULTS, KeptSetup, Rights, Setup, SetupChanged, Source, Who, changed, rights

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


@pytest.mark.parametrize(("source", "allowed"), list(itertools.product(Source, [True, False])))
def test_an_exception_holds_for_a_guest_whatever_the_setup_says_and_never_for_a_moderator(
    source: Source, allowed: bool
) -> None:
    for who in Who:
        setup = Setup(**{source.value: who})  # type: ignore[arg-type]
        assert getattr(rights(Role.GUEST, setup, {source: allowed}), source) is allowed
        assert getattr(rights(Role.MODERATOR, setup, {source: allowed}), source)


def test_two_who_change_at_the_same_time_do_not_lose_each_others_change() -> None:
    first = changed(KeptSetup(), {"microphone": "moderators"}, read=1, by="Olga")
    second = changed(first, {"camera": "moderators"}, read=1, by="Olga")
    assert (second.values.microphone, second.values.camera) == (Who.MODERATORS, Who.MODERATORS)
    with pytest.raises(SetupChanged) as told:
        changed(second, {"microphone": "everyone"}, read=1, by="Olga")
    assert told.value.kept == second
    assert changed(second, {"microphone": "everyone"}, read=second.version, by="Olga").values.microphone is Who.EVERYONE


def test_what_is_as_wanted_already_changes_nothing() -> None:
    kept = changed(KeptSetup(), {"microphone": "moderators"}, read=1, by="Olga")
    assert changed(kept, {"microphone": "moderators"}, read=1, by="Olga") is kept


def test_a_kept_setup_comes_back_with_its_history() -> None:
    kept = changed(KeptSetup(), {"subject": "Interviews"}, read=1, by="Olga")
    assert KeptSetup.read(kept.stored()) == kept
    assert KeptSetup().stored() == {}


def test_it_is_known_who_changed_a_field_last() -> None:
    kept = changed(KeptSetup(), {"microphone": "moderators", "subject": "Plans"}, read=1, by="Olga")
    kept = changed(kept, {"subject": "Other plans", "microphone": "moderators"}, read=2, by="Colin")
    assert kept.changed_by == {"microphone": "Olga", "subject": "Colin"}
    assert KeptSetup.read(kept.stored()) == kept
