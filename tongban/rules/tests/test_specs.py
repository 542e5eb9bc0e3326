from __future__ import annotations

from datetime import date
from typing import Literal

import pytest

from tongban.rules import specs
from tongban.rules.specs import Spec, SpecError


class Part(Spec):
    name: str
    days: int = 1
    since: date | None = None


class Sample(Spec):
    code: str
    kind: Literal["a", "b"] = "a"
    parts: tuple[Part, ...] = ()


def findings(text: str) -> list[specs.Finding]:
    with pytest.raises(SpecError) as refusal:
        specs.load(Sample, specs.parse(text, file="x.yaml"))
    return refusal.value.findings


GOOD = "code: one\nkind: b\nparts:\n  - {name: first, days: 2}\n  - name: second\n"


def test_spec_is_read_with_its_defaults() -> None:
    spec = specs.load(Sample, specs.parse(GOOD, file="x.yaml"))
    assert spec == Sample(code="one", kind="b", parts=(Part(name="first", days=2), Part(name="second", days=1)))


@pytest.mark.parametrize(
    ("text", "line", "rule"),
    [
        ("kind: b\n", 1, "missing"),
        ("code: one\nkindd: b\n", 2, "unknown"),
        ("code: one\nkind: c\n", 2, "choice"),
        ("code: one\nparts:\n  - name: first\n  - name: second\n    days: many\n", 5, "type"),
        ("code: one\nparts:\n  - name: first\n  - days: 3\n", 4, "missing"),
        ("code: one\nparts:\n  - {name: first, since: soon}\n", 3, "type"),
        ("- one\n- two\n", 1, "type"),
        ("", 1, "type"),
    ],
)
def test_each_mistake_has_its_line_its_rule_and_a_remedy(text: str, line: int, rule: str) -> None:
    found = findings(text)
    assert [(f.file, f.line, f.rule) for f in found] == [("x.yaml", line, rule)]
    assert found[0].message
    assert found[0].remedy


def test_mistake_of_a_kind_without_words_of_its_own_names_its_place_and_what_was_wanted() -> None:
    (found,) = findings("code: one\nparts: [{name: first, since: soon}]\n")
    assert (found.message, found.remedy[:3]) == ("“parts.0.since”的类型或取值不对", "应满足")
    assert "date" in found.remedy


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("code: one\nparts: [\n", 3),
        ("code: one\ncode: two\n", 2),
        ("code: one\n\tkind: b\n", 2),
        ("code: !!python/object:os.system x\n", 1),
        ("code: one\n---\ncode: two\n", 2),
        ("code: one\n? [a, b]\n: x\n", 2),
    ],
)
def test_text_that_is_no_plain_yaml_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(SpecError) as refusal:
        specs.parse(text, file="x.yaml")
    found = refusal.value.findings[0]
    assert (found.line, found.rule) == (line, "yaml")


@pytest.mark.parametrize("text", ["[" * 200 + "]" * 200, "a: &a [1]\nb: *a\nc: " + "[" * 60 + "]" * 60])
def test_text_nested_too_deep_is_refused_not_a_crash(text: str) -> None:
    with pytest.raises(SpecError):
        specs.parse(text, file="x.yaml")


def test_aliases_of_aliases_are_refused_before_they_fill_the_memory() -> None:
    lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    with pytest.raises(SpecError) as refusal:
        specs.parse("\n".join(lines), file="x.yaml")
    assert "互相引用" in refusal.value.findings[0].message


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    assert len(findings("kind: c\nwhat: 1\n")) == 3


def test_equal_specs_have_equal_digests_however_they_are_written() -> None:
    one = specs.load(Sample, specs.parse("code: one\nkind: a\n", file="x.yaml"))
    two = specs.load(Sample, specs.parse("# a remark\ncode: ' one '\n", file="y.yaml"))
    assert specs.digest(one) == specs.digest(two)
    assert specs.digest(one) != specs.digest(Sample(code="one", kind="b"))
