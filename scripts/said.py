"""The texts in a Python source, as they are written there: plain, or as a sentence with places for its values.

Used by `scripts/texts.py`, which says what of it goes into which catalogue. The source is read and never run.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Final

Values = Mapping[str, list[ast.expr]]
"""What a plain name of a module is set to, and, under `name()`, what a function of it returns."""
_ERRORS: Final = {"Malformed", "NotFound", "OutOfOrder", "Conflict", "Unavailable", "TooLarge"}
_SPEAKS_SECOND: Final = {"Mistake", "ExchangeProblem"}
_SPOKEN: Final = {"hint", "what"}
_CUT: Final = "\n"
_ENDS: Final = re.compile(rf"(?<=[.!?…])(?<!\bart\.)(?<!\barts\.)\s+(?=\S)|{_CUT}")
"""Where a sentence ends; `art.` before a number is no end."""
_PLACE: Final = re.compile(r"\{\w+\}")


def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


def named(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def calls(tree: ast.AST, names: set[str]) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and named(node.func) in names:
            yield node


def values_of(tree: ast.Module) -> Values:
    """What the names and functions of a module can be, anywhere in it."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).append(node.value)
        elif isinstance(node, ast.FunctionDef):
            returned = [one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value is not None]
            found.setdefault(f"{node.name}()", []).extend(returned)
    return found


def texts_of(node: ast.expr, values: Values) -> Iterator[str]:
    """The texts that an expression can be, so far as they are written where they are used, or in a name of the file."""
    match node:
        case ast.Constant(value=str(said)):
            yield from sentences(said)
        case ast.JoinedStr() | ast.BinOp(op=ast.Add()):
            yield from sentences(_with_places(node))
            for part in ast.walk(node):
                chosen = part.value if isinstance(part, ast.FormattedValue) else None
                if isinstance(chosen, ast.Name | ast.IfExp | ast.BoolOp):
                    yield from texts_of(chosen, values)
        case ast.IfExp(body=one, orelse=other):
            yield from chain(texts_of(one, values), texts_of(other, values))
        case ast.BoolOp(values=ways):
            yield from chain.from_iterable(texts_of(one, values) for one in ways)
        case ast.Name(id=name) | ast.Call(func=ast.Name(id=name)):
            name = name if isinstance(node, ast.Name) else f"{name}()"
            others = {each: ways for each, ways in values.items() if each != name}  # it may be set to more of itself
            for value in values.get(name, ()):
                if not isinstance(value, ast.Name):
                    yield from texts_of(value, others)


# What errors say

Speaks = Mapping[str, set[str | int]]
"""A function's name, and which of its arguments an error says: their places, and their names."""


def spoken(trees: Mapping[Path, ast.Module]) -> Iterator[tuple[Path, ast.expr, Values]]:
    """Every expression that an error says: as what is wrong or as what to do, there or by a function that makes it."""
    kinds = _error_kinds(trees.values())
    speaks: dict[str, set[str | int]] = {name: {0, *_SPOKEN} for name in kinds}
    speaks |= {name: {1, *_SPOKEN} for name in _SPEAKS_SECOND}
    speaks |= {name: places for tree in trees.values() for name, places in _helpers(tree, speaks)}
    for file, tree in trees.items():
        values = values_of(tree)
        for call in calls(tree, set(speaks)):
            for node in _arguments(call, speaks[named(call.func)]):
                yield file, node, values


def _arguments(call: ast.Call, wanted: set[str | int]) -> Iterator[ast.expr]:
    yield from (one for place, one in enumerate(call.args) if place in wanted)
    yield from (one.value for one in call.keywords if one.arg in wanted)


def _helpers(tree: ast.Module, speaks: Speaks) -> Iterator[tuple[str, set[str | int]]]:
    """The functions of a module that pass an argument of theirs on to an error."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("__"):
            continue
        given = [one.arg for one in node.args.args if one.arg != "self"]
        by_name = [one.arg for one in node.args.kwonlyargs]
        said = {
            one.id
            for call in calls(node, set(speaks))
            for one in _arguments(call, speaks[named(call.func)])
            if isinstance(one, ast.Name)
        }
        places: set[str | int] = {place for place, name in enumerate(given) if name in said}
        places |= {name for name in (*given, *by_name) if name in said}
        if places:
            yield node.name, places


def _error_kinds(trees: Iterable[ast.Module]) -> set[str]:
    """The classes of errors, by name: ComityError and what is made of it."""
    bases = {
        node.name: {named(base) for base in node.bases}
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    kinds = {"ComityError"}
    while more := {name for name, above in bases.items() if above & kinds} - kinds:
        kinds |= more
    return kinds


# What rules say


def every_text(tree: ast.Module) -> Iterator[str]:
    """Every text of a rule's module: those of two words or more, and one word where it is chosen for a sentence."""
    inside = {id(one) for call in calls(tree, _ERRORS) for one in ast.walk(call)} | _docstrings(tree)
    for node in ast.walk(tree):
        if id(node) in inside:
            continue
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)):
            yield from sentences(_with_places(node))
            inside |= {id(part) for part in _parts(node)} if isinstance(node, ast.BinOp) else set()
            inside |= {id(one) for part in _parts(node) if isinstance(part, ast.JoinedStr) for one in part.values}
        elif isinstance(node, ast.IfExp):
            yield from filter(None, map(_word, (node.body, node.orelse)))
        elif isinstance(node, ast.BoolOp):
            yield from filter(None, map(_word, node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip():
            yield from sentences(node.value)


def _word(node: ast.expr) -> str:
    is_word = isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isalpha()
    return str(node.value) if is_word and isinstance(node, ast.Constant) else ""


def _docstrings(tree: ast.Module) -> set[int]:
    """Texts that stand alone: they describe what is above them."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def _parts(node: ast.expr) -> list[ast.expr]:
    """The parts of a sum of texts, in order; of anything else itself."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [*_parts(node.left), *_parts(node.right)]
    return [node]


def _with_places(node: ast.expr) -> str:
    """A text with a named place for each value, each name once, from the expression that stands there."""
    names: list[str] = []

    def place(value: ast.expr) -> str:
        name = _place_name(value)
        count = sum(1 for one in names if one.rstrip("0123456789") == name)
        names.append(f"{name}{count + 1}" if count else name)
        return f"{{{names[-1]}}}"

    text = ""
    for part in _parts(node):
        if isinstance(part, ast.JoinedStr):
            for piece in part.values:
                if isinstance(piece, ast.Constant):
                    text += _whole(str(piece.value))
                elif isinstance(piece, ast.FormattedValue):
                    text += place(piece.value)
        elif isinstance(part, ast.Constant):
            text += _whole(str(part.value))
        else:
            text += place(part)
    return _one_place(text)


def _one_place(text: str) -> str:
    """Places with nothing between them as one: what stands in them cannot be told apart."""
    return re.sub(r"(\{\w+\})(?:\{\w+\})+", r"\1", text)


def _place_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.lower().lstrip("_")
        case ast.Call(func=ast.Name(id="len" | "str" | "shorten"), args=[one, *_]):
            return _place_name(one)
        case ast.Call(func=ast.Attribute(attr="join"), args=[one, *_]):
            return _place_name(one)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name.lower().lstrip("_")
        case ast.Subscript(value=one) | ast.BinOp(left=one) | ast.IfExp(body=one) | ast.BoolOp(values=[one, *_]):
            return _place_name(one)
        case ast.GeneratorExp(elt=one) | ast.ListComp(elt=one):
            return _place_name(one)
    return "value"


def _whole(text: str) -> str:
    """A part of a text with places: its own braces are doubled."""
    return text.replace("{", "{{").replace("}", "}}")


def sentences(text: str) -> Iterator[str]:
    """The text, or its sentences one by one where one of them is a value alone."""
    bare = re.sub(r"(?<=[.!?…])\{\w+\}$", "", text.strip().lstrip(";,: "))
    bare = re.sub(r"((?:^|[.!?…] )\{\w+\}) (?=[A-Z])", r"\1" + _CUT, bare)
    pieces = _ENDS.split(bare)
    alone = [piece for piece in pieces if not any(one.isalpha() for one in _PLACE.sub("", piece))]
    for piece in pieces if alone else [bare.replace(_CUT, " ")]:
        if any(one.isalpha() for one in _PLACE.sub("", piece)):
            yield piece if _PLACE.search(piece) else piece.replace("{{", "{").replace("}}", "}")
