"""Names that a person would take for another's are found; different ones are not, and no name looks like itself."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.exchange.directory import Entity
from comity.exchange.look_alikes import LookAlike, look_alikes, skeleton
from comity.exchange.message import Role

REAL = Entity(
    id="XA/central-authority",
    role=Role.AUTHORITY,
    name="Central Authority of State XA",
    endpoint="https://xa.example",
    origin="xa.example/log",
    keys=(),
)


def named(node: str, name: str) -> Entity:
    return msgspec.structs.replace(REAL, id=node, name=name)


@pytest.mark.parametrize(
    ("node", "name"),
    [
        ("XA/centra1-authority", "Another office"),
        ("XA/central-authorlty", "Another office"),
        ("XA/central--authority", "Another office"),
        ("XA/central-authoritys", "Another office"),
        ("XA/cyber-unit", "Centrаl Аuthоrity of State XA"),
        ("XC/cyber-unit", "CENTRAL AUTHORITY OF STATE XA"),
        ("XC/cyber-unit", "Centrál Authority of State XA."),
        ("XC/cyber-unit", "Central Authority 0f State XA"),
        ("XC/cyber-unit", "Central Auth0rity of 5tate XA"),
    ],
)
def test_a_name_that_looks_like_another_s_is_found(node: str, name: str) -> None:
    assert look_alikes([named(node, name)], [REAL]) == (LookAlike(node, REAL.id),)


@pytest.mark.parametrize(
    ("node", "name"),
    [
        ("XB/central-authority", "Central Authority of State XB"),
        ("XA/point-of-contact", "24/7 Point of Contact of State XA"),
        ("XC/central-authority", "Ministry of Justice"),
    ],
)
def test_two_offices_with_their_own_names_are_none(node: str, name: str) -> None:
    assert look_alikes([named(node, name)], [REAL]) == ()


def test_nothing_looks_like_itself() -> None:
    assert look_alikes([REAL], [REAL]) == ()


@given(st.text(max_size=60))
def test_a_skeleton_is_the_same_whatever_the_case_and_the_spaces(name: str) -> None:
    assert skeleton(f" {name}-") == skeleton(name)
    assert skeleton(skeleton(name)) == skeleton(name)
