"""Nothing personal can be forgotten: every marked type of the model is in the inventory, or says why not (C01)."""

import importlib
import pkgutil

import pytest
from msgspec import Struct

import engine.model
from engine.model.audit import AuditEntry
from engine.model.marks import SECRET
from engine.privacy.inventory import ELSEWHERE, KINDS, exported_fields, marks_of, subject_fields
from engine.privacy.policy import CATEGORIES, purposes_of
from engine.store.tables import TABLE_OF


def marked_types() -> set[type[Struct]]:
    for module in pkgutil.iter_modules(engine.model.__path__, "engine.model."):
        importlib.import_module(module.name)
    found: set[type[Struct]] = set()
    waiting: list[type[Struct]] = [Struct]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("engine.model.") and marks_of(kind):
            found.add(kind)
    return found


def test_every_marked_type_has_a_line_or_a_reason() -> None:
    listed = {kind.record for kind in KINDS.values()}
    unlisted = {kind.__name__ for kind in marked_types() - listed}
    assert unlisted == ELSEWHERE.keys()
    assert all(ELSEWHERE.values())


def test_every_stored_record_that_names_who_made_it_is_marked() -> None:
    naming = {"created_by", "updated_by", "author_id", "member_id", "actor_id"}
    for record in TABLE_OF:
        named = naming & set(record.__struct_fields__)
        assert named <= set(subject_fields(record)), record.__name__


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_a_kind_goes_by_a_field_that_names_its_subject(kind) -> None:  # type: ignore[no-untyped-def]
    assert kind.by in subject_fields(kind.record)
    assert kind.category in CATEGORIES


def test_every_category_has_a_purpose_with_a_basis_in_law() -> None:
    for key in CATEGORIES:
        assert purposes_of(key)
        assert all("Art. 6(1)" in purpose.basis for purpose in purposes_of(key))


def test_secrets_are_never_exported() -> None:
    audit = KINDS["audit"]
    assert {"salt", "sealed_hash", "hash"} & set(exported_fields(audit)) == set()
    assert SECRET in marks_of(AuditEntry)["salt"]
