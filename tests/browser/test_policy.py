"""What the strict policy of our pages blocks is heard, and fails the test in which it happened."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.people import Person, nobody_complained, until

BLOCKED = {
    "a picture from elsewhere": (
        "img-src",
        "document.body.append(Object.assign(new Image(), {src: '//x.example/x.png'}))",
    ),
    "a call elsewhere": ("connect-src", "fetch('https://x.example/').catch(() => {})"),
    "a style in an attribute": ("style-src-attr", "document.body.setAttribute('style', 'color: red')"),
    "a frame": ("frame-src", "document.body.append(Object.assign(document.createElement('iframe'), {src: '/'}))"),
    "markup from a text": ("require-trusted-types-for", "try { document.body.innerHTML = '<b>x</b>' } catch {}"),
}


@pytest.mark.parametrize("what", BLOCKED)
def test_what_the_policy_blocks_fails_its_test(somebody: Callable[..., Person], what: str) -> None:
    directive, does_it = BLOCKED[what]
    person = somebody()
    page = person.opens("/")
    nobody_complained()
    page.evaluate(f"() => {{ {does_it} }}")
    until(page, lambda: any(f"policy: {directive}" in one for one in person.unexpected()), f"a report of {directive}")
    with pytest.raises(AssertionError, match=f"policy: {directive}"):
        nobody_complained()
    person.expects("policy: |Content Security Policy|TrustedHTML|violates the following")
