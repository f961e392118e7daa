"""How a `forward` is put into statements: names that are still needed are kept, and long expressions are broken."""

import ast
from collections.abc import Callable
from dataclasses import replace

import pytest

from explorer.model import preset
from explorer.outputs.code import generate_code
from explorer.outputs.code.forward import Operation, forward_lines
from explorer.outputs.code.layout import Call, Clauses, lay_out
from explorer.outputs.code.merge import DIFFERS, ONLY_SOME, MergeError, Template, common_order, merge
from explorer.outputs.code.pieces import Make, Piece


def call(name: str) -> Callable[[list[ast.expr]], ast.expr]:
    return lambda inputs: ast.Call(ast.Name(name), inputs, [])


def operation(name: str, *sources: str, deepest: int = 0) -> Operation:
    return Operation(sources, "branch", call(name), deepest)


def lines(operations: dict[str, Operation], output: str) -> list[str]:
    return forward_lines(Template(1, (), output), operations)


def test_two_values_that_are_read_together_have_two_names() -> None:
    both = {"a": operation("f", "x"), "b": operation("g", "x"), "c": operation("h", "a", "b")}
    assert lines(both, "c") == ["out = g(x)", "y = f(x)", "return h(y, out)"]


def test_a_name_is_used_again_once_its_value_is_read_for_the_last_time() -> None:
    row = {"a": operation("f", "x"), "b": operation("g", "a"), "c": operation("h", "b")}
    assert lines(row, "c") == ["out = f(x)", "out = g(out)", "return h(out)"]


def test_a_value_read_twice_is_computed_once() -> None:
    twice = {"a": operation("f", "x", deepest=2), "b": operation("g", "a", deepest=2)}
    twice["c"] = operation("h", "b", "a", deepest=2)
    assert lines(twice, "c") == ["out = f(x)", "return h(g(out), out)"]


def test_an_expression_is_broken_before_it_is_too_deep_or_too_long() -> None:
    deep = {name: operation(name * 3, before, deepest=3) for before, name in zip("xabcd", "abcde", strict=True)}
    assert lines(deep, "e") == ["out = bbb(aaa(x))", "return eee(ddd(ccc(out)))"]
    long = {name: operation(name * 40, before, deepest=3) for before, name in zip("xab", "abc", strict=True)}
    assert lines(long, "c") == [f"out = {'b' * 40}({'a' * 40}(x))", f"return {'c' * 40}(out)"]


def test_a_network_that_strides_last_asks_for_its_projection() -> None:
    text = generate_code(preset("keras_resnet50v2"))
    assert "identity = self.subsample(x) if self.downsample is None else self.downsample(out)" in text
    assert "takes_" not in text


def test_calls_are_laid_out_as_wide_as_a_line() -> None:
    short = Call("f(", ("a", "b"))
    assert lay_out(short, 4) == ["    f(a, b)"]
    wide = Call("function(", ("a" * 47, "b" * 47))
    assert lay_out(wide, 0) == ["function(", f"    {'a' * 47}, {'b' * 47}", ")"]
    wider = Call("function(", ("a" * 50, "b" * 50))
    assert lay_out(wider, 0) == ["function(", f"    {'a' * 50},", f"    {'b' * 50},", ")"]
    either = Clauses(Call("f(", ("a" * 60,)), ("if it_is_so", "else nn.Identity()"))
    assert lay_out(either, 8, ",") == [f"        f({'a' * 60})", "        if it_is_so", "        else nn.Identity(),"]


def piece(name: str, made: str, *inputs: str) -> Piece:
    return Piece(name, {0: Make(made, {})}, False, inputs, "branch", (1, 1, 1))


def test_blocks_that_hold_other_layers_at_one_place_do_not_merge() -> None:
    with pytest.raises(MergeError, match=r"^a .*ReLU.*GELU"):
        merge([[piece("a", "GELU", "x")], [piece("a", "ReLU", "x")]])


def test_blocks_that_read_other_values_do_not_merge_unless_two_explain_them() -> None:
    def block(read: str) -> list[Piece]:
        return [piece("a", "A", "x"), piece("b", "B", "a"), piece("c", "C", read)]

    merged = merge([block("x"), block("a")])
    assert [slot.name for slot in merged.slots] == ["a", "b", "c"]
    with pytest.raises(MergeError, match=r"x, a, b$"):
        merge([block("x"), block("a"), block("b")])


def test_blocks_that_start_otherwise_do_not_merge() -> None:
    usual, zeroed = piece("a", "A", "x"), replace(piece("a", "A", "x"), init=(("weight", 0.0),))
    last = piece("b", "B", "x")
    assert merge([[zeroed], [zeroed]]).slots[0].some.init
    with pytest.raises(MergeError, match=DIFFERS.format("a")):
        merge([[usual], [zeroed]])
    with pytest.raises(MergeError, match=ONLY_SOME.format("a")):
        merge([[zeroed, last], [last]])


def test_rows_that_contradict_each_other_have_no_common_order() -> None:
    assert common_order([["a", "c"], ["a", "b", "c"]]) == ["a", "b", "c"]
    with pytest.raises(MergeError):
        common_order([["a", "b"], ["b", "a"]])
