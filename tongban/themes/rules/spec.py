"""Themes (一件事) as specs: members, guidance questions (情形), combined limits as printed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from tongban.rules.conditions import When, facts_of
from tongban.rules.specs import Spec, Wrong
from tongban.vocabulary.rules import Choice, Code, Text


class Conditional(Spec):
    """Another combined limit under a condition (e.g. 低风险项目为2个工作日)."""

    when: When
    days: int = Field(ge=0, le=365)
    label: Text


class Limit(Spec):
    """The combined limit (联办后办理时限): the words as printed, and what they mean in working days."""

    text: Text
    days: int | None = Field(default=None, ge=0, le=365)
    immediate: bool = False
    excludes: str = ""
    conditional: tuple[Conditional, ...] = ()

    @model_validator(mode="after")
    def _days_or_immediate(self) -> Limit:
        if (self.days is None) != self.immediate:
            raise ValueError("联办时限要么写工作日数，要么是即时办结；补上 days，或写 immediate: true")
        return self


class Member(Spec):
    """An item as a member of a theme: its printed name, its limit here, when it applies, whom it waits for."""

    item: Code
    name: Text
    limit_days: int = Field(ge=0, le=365)
    waits_for: tuple[Code, ...] = ()
    when: When = None
    # The combined limit does not cover this member (联办时限不含).
    outside_limit: bool = False


class Question(Spec):
    """One guidance question (导办题), at most six choices; “不确定” is added by the page and means `unsure`."""

    code: Code
    ask: Text
    why: Text
    hint: str = ""
    # The data element that the answer fills, so that the form does not ask again; choices then use its values.
    element: Code | None = None
    choices: tuple[Choice, ...] = Field(min_length=2, max_length=6)
    # The choice that 不确定 counts as; none means the question must be answered.
    unsure: Code | None = None
    when: When = None

    @model_validator(mode="after")
    def _values_fit(self) -> Question:
        values = [choice.value for choice in self.choices]
        if len(set(values)) != len(values):
            raise Wrong("选项的 value 重复；每个选项用不同的 value", "choices")
        if self.unsure is not None and self.unsure not in values:
            raise Wrong("“不确定”要按一个已有的选项算；把 unsure 改为选项之一", "unsure")
        return self


class Permit(Spec):
    """一业一证: the 行业综合许可证 that a theme issues when all its licences are granted; by its lead, or who is named."""

    licence_type: Code
    issuer: Code | None = None


class ThemeSpec(Spec):
    """A theme (一件事) of a place, under its official number."""

    code: Code
    seq: int = Field(ge=1)
    name: Text
    short_name: Text
    summary: Text
    audience: tuple[Literal["person", "firm"], ...] = Field(min_length=1)
    stage: Text
    lead: Code
    responsible: tuple[Code, ...] = ()
    limit: Limit
    visits: int = Field(default=0, ge=0, le=5)
    members: tuple[Member, ...] = Field(min_length=1)
    questions: tuple[Question, ...] = ()
    keywords: tuple[Annotated[str, StringConstraints(min_length=1)], ...] = ()
    frequent: bool = False
    permit: Permit | None = None

    @model_validator(mode="after")
    def _consistent(self) -> ThemeSpec:
        codes = [member.item for member in self.members]
        for n, code in enumerate(codes):
            if code in codes[:n]:
                raise Wrong(f"成员事项重复：{code}；同一事项只列一次", "members", n, "item")
        self._check_waits(codes)
        self._check_facts()
        return self

    def _check_waits(self, codes: list[str]) -> None:
        waits = {member.item: set(member.waits_for) for member in self.members}
        for n, before in enumerate(waits.values()):
            if before - set(codes):
                raise Wrong(
                    f"等待的 {'、'.join(sorted(before - set(codes)))} 不是本主题的成员；改 waits_for",
                    "members",
                    n,
                    "waits_for",
                )
        circle = set(codes)
        while True:  # Who waits for nobody left, or is waited for by nobody left, stands in no circle.
            awaited = set().union(*(waits[code] for code in circle))
            rest = {code for code in circle & awaited if waits[code] & circle}
            if rest == circle:
                break
            circle = rest
        if circle:
            n = next(n for n, code in enumerate(codes) if code in circle)
            raise Wrong(
                f"成员互相等待，成了一个圈：{'、'.join(sorted(circle))}；去掉其中一个 waits_for",
                "members",
                n,
                "waits_for",
            )

    def _check_facts(self) -> None:
        known: set[str] = set()
        for n, question in enumerate(self.questions):
            missing = facts_of(question.when) - known
            if missing:
                raise Wrong(
                    f"题目 {question.code} 用到了前面没有问的 {'、'.join(sorted(missing))}；调整题目次序",
                    "questions",
                    n,
                    "when",
                )
            if question.code in known:
                raise Wrong(f"题目 {question.code} 重复；每题用不同的 code", "questions", n, "code")
            known.add(question.code)
        places: list[tuple[tuple[str | int, ...], When]] = [
            (("members", n), member.when) for n, member in enumerate(self.members)
        ]
        places += [(("limit", "conditional", n), other.when) for n, other in enumerate(self.limit.conditional)]
        for place, when in places:
            if facts_of(when) - known:
                raise Wrong(
                    f"条件里用到了没有问的 {'、'.join(sorted(facts_of(when) - known))}；补上题目，或改条件",
                    *place,
                    "when",
                )
