"""Plans as a whole: what is kept of them, and what goes with them."""

import gc
import weakref
from functools import partial
from typing import Any

from gateway.execution.compile import plan
from gateway.execution.documents import Document, Documents
from gateway.execution.selections import asked
from tests.execution.views import compiler
from tests.fuzz import awkward

SCHEMA = awkward.build()
TEXT = "{ shapes { name leaf { text number } pairs { key } peer { name } } %s: number }"


def documents(entries: int = 16) -> Documents:
    return Documents(SCHEMA._schema, planner=partial(plan, SCHEMA), entries=entries)


def found(kept: Documents, text: str) -> Document:
    document = kept.find(text)
    assert isinstance(document, Document)
    assert document.choose(None).plan is not None  # type: ignore[union-attr]
    return document


def test_a_dropped_plan_and_its_functions_go() -> None:
    kept = documents(entries=1)
    one = found(kept, TEXT % "first").choose(None)
    made = weakref.ref(one.plan)  # type: ignore[union-attr]
    step = weakref.ref(one.plan._steps[0])  # type: ignore[union-attr]
    del one
    found(kept, TEXT % "second")
    gc.collect()
    assert (made(), step()) == (None, None)


def test_functions_that_were_made_go_with_their_compiler() -> None:
    one = compiler(SCHEMA, TEXT % "a")
    kind: Any = SCHEMA._schema.type_map["Shape"]
    fields = asked(SCHEMA._schema, {}, *one.whole)
    made: Any = one.made(kind, fields[0].selections)
    assert made.quick is not None
    gone = [weakref.ref(made.quick), weakref.ref(made.complete), weakref.ref(one)]
    del made, one
    gc.collect()
    assert [it() for it in gone] == [None] * 3


def test_many_documents_leave_no_more_behind_than_few() -> None:
    kept = documents()
    for number in range(50):
        found(kept, TEXT % f"a{number}")
    gc.collect()
    before = len(gc.get_objects())
    for number in range(50, 350):
        found(kept, TEXT % f"a{number}")
    gc.collect()
    assert len(kept) == 16
    assert len(gc.get_objects()) < before * 1.02
