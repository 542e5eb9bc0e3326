"""Who may keep the words of searching: the editors of the organisation that keeps a place's catalogue."""

from __future__ import annotations

from tongban.core.actor import Actor
from tongban.rules.errors import NotAllowed

EDITORS = ("admin", "head")


def may_edit(keeper: str, *, by: Actor) -> bool:
    """Return whether the actor may keep synonyms and see what was not found."""
    return bool(keeper) and by.has_role(keeper, *EDITORS)


def require_edit(keeper: str, *, by: Actor) -> None:
    """Raise NotAllowed unless the actor may keep synonyms."""
    if not may_edit(keeper, by=by):
        raise NotAllowed(
            "search.not_editor",
            "搜索用词由政务数据管理部门的负责人和管理员维护，你没有这个权限",
            remedy="请联系他们添加",
        )
