"""一业一证: when a theme's 行业综合许可证 is due, and what keeps one from ever being issued."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Protocol

from tongban.licences.rules import LicenceType
from tongban.rules.specs import Path
from tongban.themes.rules.spec import ThemeSpec

LEAST = 2  # A permit puts licences together.


class Giver(Protocol):
    """A member that may give a licence: as a plan and as a spec know it."""

    @property
    def code(self) -> str: ...
    @property
    def licence_type(self) -> str | None: ...


def due(items: Iterable[Giver], valid: Collection[str]) -> tuple[str, ...]:
    """Return the members whose licences a permit puts together, in their order; none while it is not due.

    It is due when each member that gives a licence has given one that is valid (`valid` are the codes of those), and
    there are at least two.
    """
    givers = tuple(item.code for item in items if item.licence_type is not None)
    return givers if len(givers) >= LEAST and set(givers) <= set(valid) else ()


def flaws(
    theme: ThemeSpec, *, types: Mapping[str, LicenceType], given: Mapping[str, str | None], asked: Collection[str],
    organisations: Collection[str],
) -> Iterator[tuple[Path, str, str]]:  # fmt: skip
    """Give (path, message, remedy) of what is wrong with the permit of a theme.

    `given` maps the members to the licence types that they give, `asked` are the data elements that they ask for.
    """
    permit = theme.permit
    if permit is None:
        return
    if permit.issuer is not None and permit.issuer not in organisations:
        yield ("permit", "issuer"), f"没有定义机构“{permit.issuer}”", "改为 organisations.yaml 里的 code"
    if sum(kind is not None for kind in given.values()) < LEAST:
        yield ("permit",), "成员发的证照不到两张，没有什么可以合成一张证", "删去 permit"
    if permit.licence_type in given.values():
        yield ("permit", "licence_type"), "这个证照类型已由成员事项颁发", "给综合许可证单独定一个证照类型"
    kind = types.get(permit.licence_type)
    if kind is None:
        yield ("permit", "licence_type"), f"没有定义证照类型“{permit.licence_type}”", "在 licences 里补上，或改名"
        return
    for line in kind.face:
        source, _, element = line.source.partition(":")
        if source == "element" and element not in asked:
            yield ("permit", "licence_type"), f"照面要用“{element}”，成员事项都没有问", "改照面，或让事项问它"
