"""Queries made at random, valid for a schema: each of its seed, and the same every time."""

import re
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import msgspec
from graphql import (
    GraphQLArgument,
    GraphQLCompositeType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    Undefined,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_composite_type,
    is_leaf_type,
    is_required_argument,
)

from tests.fuzz.scopes import Scope, Taken
from tests.fuzz.spoiling import spoilt
from tests.fuzz.values import Values, literal, plain


class Sample(msgspec.Struct, frozen=True):
    """A query and what fills its variables."""

    text: str
    variables: dict[str, Any]
    operation: str | None = None


class Taste(msgspec.Struct, frozen=True):
    """What is asked of a schema: never some fields, some types and arguments more than others.

    `writes` is the share of mutations.
    """

    pools: Mapping[str, Sequence[Any]] = {}
    never: frozenset[str] = frozenset()
    likely: frozenset[str] = frozenset()
    wanted: frozenset[str] = frozenset()
    sizes: tuple[int, ...] = (4, 10, 20, 40)
    writes: float = 0.0


class Fragment(msgspec.Struct, frozen=True):
    """A named fragment, and the response keys that a spread of it takes."""

    name: str
    kind: GraphQLCompositeType
    text: str
    scope: Scope


INTROSPECTION = 'i1: __schema { queryType { name } } i2: __type(name: "Node") { kind }'


def sample(schema: GraphQLSchema, taste: Taste, seed: str) -> Sample:
    """The query of a seed."""
    return Author(schema, taste, Random(seed)).sample()


class Author:
    """Writes one query."""

    def __init__(self, schema: GraphQLSchema, taste: Taste, random: Random) -> None:
        self._schema = schema
        self._taste = taste
        self._random = random
        self._values = Values(random, taste.pools)
        self._budget = random.choice(taste.sizes)
        self._directed = random.choice((0.0, 0.1, 0.3))
        self._fragments: list[Fragment] = []
        self._defined: dict[str, str] = {}
        self._given: dict[str, Any] = {}
        self._conditions: list[str] = []

    def sample(self) -> Sample:
        """A query with its fragments, and values for its variables."""
        root, word = self._schema.query_type, "query"
        if self._chance(self._taste.writes):
            root, word = self._schema.mutation_type, "mutation"
        assert root is not None
        selections = self._selections(root, Scope(), 0)
        if word == "query" and self._chance(0.01):
            selections = f"{{ {INTROSPECTION} {selections[1:]}"
        body = "\n".join([selections, *self._spreads(selections)])
        used = set(re.findall(r"\$(\w+)", body))
        defined = [it for name, it in self._defined.items() if name in used]
        head = f"{word} Q({', '.join(defined)})" if defined else f"{word} Q"
        given = {k: v for k, v in self._given.items() if k in used}
        if self._chance(0.1):
            return Sample(f"query P {{ __typename }} {head} {body}", given, "Q")
        return Sample(f"{head} {body}", given)

    def _spreads(self, selections: str) -> list[str]:
        """The fragments that are spread there, and in them; some were written in vain."""
        spread: dict[str, str] = {}
        waiting = [selections]
        while waiting:
            for name in re.findall(r"\.\.\.(F\d+)", waiting.pop()):
                if name not in spread:
                    found = self._fragments[int(name[1:])]
                    spread[name] = f"fragment {name} on {found.kind} {found.text}"
                    waiting.append(found.text)
        return list(spread.values())

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _selections(self, kind: GraphQLCompositeType, scope: Scope, depth: int) -> str:
        parts: list[str] = []
        if not isinstance(kind, GraphQLUnionType) and self._budget > 0 and self._chance(0.05):
            # All of it at once.
            for named in self._rows(kind, depth):
                self._budget -= 1
                parts += self._field(kind, scope, depth, named) or []
            return f"{{ {' '.join(parts) or '__typename'} }}"
        for _ in range(self._random.choice((1, 2, 2, 3, 4))):
            self._budget -= 1
            parts += self._selection(kind, scope, depth) or []
            if self._budget < 0:
                break
        return f"{{ {' '.join(parts) or '__typename'} }}"

    def _selection(self, kind: GraphQLCompositeType, scope: Scope, depth: int) -> list[str] | None:
        if is_abstract_type(kind) and self._chance(0.5):
            return self._inline(kind, scope, depth)
        match self._random.choices(("field", "inline", "spread", "typename"), (70, 8, 14, 8)):
            case ["inline"]:
                return self._inline(kind, scope, depth)
            case ["spread"]:
                return self._spread(kind, scope, depth)
            case ["field"] if not isinstance(kind, GraphQLUnionType):
                return self._field(kind, scope, depth)
            case _:
                return self._typename(scope)

    def _typename(self, scope: Scope) -> list[str] | None:
        key = "kind_" if self._chance(0.3) else "__typename"
        taken = Taken("String!()", True, {(None, "__typename")}, Scope())
        if not scope.fits(asked := Scope({key: taken})):
            return None
        scope.take(asked)
        return [f"{key}: __typename" if key == "kind_" else key, *self._directives()]

    def _field(
        self,
        kind: GraphQLObjectType | GraphQLInterfaceType,
        scope: Scope,
        depth: int,
        named: tuple[str, GraphQLField] | None = None,
    ) -> list[str] | None:
        """A field, the named one or any, now and then one that stands there already."""
        parent = kind.name if isinstance(kind, GraphQLObjectType) else None
        again = named is None and bool(scope.taken) and self._chance(0.25)
        if again:
            key, taken = self._random.choice(list(scope.taken.items()))
            call = self._random.choice(sorted(call for _, call in taken.fields))
            name = call.partition("(")[0]
            found = kind.fields.get(name)
            if found is None or form(found) != taken.kind:
                return None
        else:
            rows = self._rows(kind, depth)
            named = named or (self._random.choice(rows) if rows else None)
            if named is None:
                return None
            name, found = named
            call = name + self._arguments(name, found.args)
            key = self._key(name)
        made = Taken(form(found), is_leaf_type(get_named_type(found.type)), set(), Scope())
        made.fields.add((parent, call))
        while not scope.fits(Scope({key: made})):
            key = f"{key}{self._random.randrange(10)}"
        scope.take(Scope({key: made}))
        directives = self._directives()
        parts = [call if key == name else f"{key}: {call}", *directives]
        inner = get_named_type(found.type)
        if is_composite_type(inner):
            parts.append(self._selections(inner, scope.taken[key].inner, depth + 1))
        return parts

    def _key(self, name: str) -> str:
        return self._random.choice("abc") if self._chance(0.15) else name

    def _rows(
        self, kind: GraphQLObjectType | GraphQLInterfaceType, depth: int
    ) -> list[tuple[str, GraphQLField]]:
        """The fields that may be asked for."""
        rows = [
            (name, field)
            for name, field in kind.fields.items()
            if f"{kind.name}.{name}" not in self._taste.never and name not in self._taste.never
        ]
        if depth > 6 or self._budget < 0:
            rows = [row for row in rows if is_leaf_type(get_named_type(row[1].type))]
        return rows

    def _inline(self, kind: GraphQLCompositeType, scope: Scope, depth: int) -> list[str]:
        wanted = self._overlapping(kind)
        on = [] if wanted is kind and self._chance(0.5) else [f"on {wanted}"]
        selections = self._selections(wanted, scope, depth)
        return ["...", *on, *self._directives(), selections]

    def _spread(self, kind: GraphQLCompositeType, scope: Scope, depth: int) -> list[str] | None:
        """A named fragment, a new one or one that stands elsewhere too."""
        fitting = [
            it for it in self._fragments if self._meet(it.kind, kind) and scope.fits(it.scope)
        ]
        if fitting and self._chance(0.6):
            chosen = self._random.choice(fitting)
        else:
            wanted, own = self._overlapping(kind), Scope()
            text = self._selections(wanted, own, depth)
            chosen = Fragment(f"F{len(self._fragments)}", wanted, text, own)
            if not scope.fits(own):
                return None
            self._fragments.append(chosen)
        scope.take(chosen.scope)
        return [f"...{chosen.name}", *self._directives()]

    def _overlapping(self, kind: GraphQLCompositeType) -> GraphQLCompositeType:
        """A type of which values of this one may be: itself, an interface, a possible type."""
        if self._chance(0.2):
            return kind
        if is_abstract_type(kind):
            possible = list(self._schema.get_possible_types(kind))
            likely = [it for it in possible if it.name in self._taste.likely]
            return self._random.choice(likely if likely and self._chance(0.9) else possible)
        assert isinstance(kind, GraphQLObjectType)
        either: list[GraphQLCompositeType] = [kind, *kind.interfaces]
        return self._random.choice(either)

    def _meet(self, one: GraphQLCompositeType, other: GraphQLCompositeType) -> bool:
        """Whether a value can be of both types."""
        return not self._possible(one).isdisjoint(self._possible(other))

    def _possible(self, kind: GraphQLCompositeType) -> set[str]:
        if isinstance(kind, GraphQLObjectType):
            return {kind.name}
        return {it.name for it in self._schema.get_possible_types(kind)}

    def _directives(self) -> list[str]:
        if not self._chance(self._directed):
            return []
        names = self._random.choices((["skip"], ["include"], ["skip", "include"]), (4, 5, 1))[0]
        return [f"@{name}(if: {self._condition(name)})" for name in names]

    def _condition(self, name: str) -> str:
        if self._chance(0.4):
            return literal(self._chance(0.75) is (name == "include"))
        if not self._conditions or self._chance(0.2):
            self._conditions.append(self._variable(GraphQLNonNull(self._boolean), "if"))
        return f"${self._random.choice(self._conditions)}"

    @property
    def _boolean(self) -> Any:
        return self._schema.type_map["Boolean"]

    def _arguments(self, field: str, rows: Mapping[str, GraphQLArgument]) -> str:
        given = [
            f"{name}: {self._argument(f'{field}.{name}', row)}"
            for name, row in rows.items()
            if is_required_argument(row) or self._chance(0.9 if name in self._taste.wanted else 0.3)
        ]
        return f"({', '.join(given)})" if given else ""

    def _argument(
        self,
        name: str,
        row: GraphQLArgument | GraphQLInputField,
        depth: int = 0,
        *,
        sure: bool = False,
    ) -> str:
        """A literal or a variable, which may stand inside of an input object or a list too; where
        it has to be `sure`, null may not come."""
        if self._chance(0.35):
            has_default = row.default_value is not Undefined
            return f"${self._variable(row.type, name, has_default, sure=sure)}"
        kind = get_nullable_type(row.type)
        if isinstance(kind, GraphQLInputObjectType) and self._chance(0.8):
            given = (
                [self._values.one_of(kind)]
                if kind.is_one_of
                else [it for it in kind.fields.items() if self._values.gives(it[1], depth)]
            )
            members = [
                f"{key}: {self._argument(key, field, depth + 1, sure=kind.is_one_of)}"
                for key, field in given
            ]
            return f"{{{', '.join(members)}}}"
        if isinstance(kind, GraphQLList) and self._chance(0.3):
            item = GraphQLInputField(kind.of_type)
            return f"[{self._argument(name, item, depth + 1)}]"
        return literal(self._values.of(row.type, name, depth))

    def _variable(
        self, kind: GraphQLInputType, name: str, defaulted: bool = False, *, sure: bool = False
    ) -> str:
        """A new variable that may stand where a value of a type is wanted."""
        called = f"v{len(self._defined)}"
        wanted: Any = get_nullable_type(kind)
        default = ""
        if isinstance(kind, GraphQLNonNull) and not defaulted:
            strict = sure or self._chance(0.7)
            if not strict:
                default = f" = {literal(self._values.of(kind, name))}"
        else:
            strict = self._chance(0.2)
            if self._chance(0.4):
                default = f" = {literal(self._values.of(GraphQLNonNull(wanted), name))}"
        self._defined[called] = f"${called}: {wanted}{'!' if strict else ''}{default}"
        missing = bool(default) or not strict
        if missing and self._chance(0.35):
            return called
        if not strict and self._chance(0.15):
            self._given[called] = None
        else:
            value = plain(self._values.of(GraphQLNonNull(wanted), name))
            self._given[called] = spoilt(value, self._random) if self._chance(0.02) else value
        return called


def form(field: GraphQLField) -> str:
    """What fields of several types must have in common to be written alike."""
    return f"{field.type}({', '.join(field.args)})"
