"""Who may edit a template."""

from __future__ import annotations

from tongban.core.actor import Actor
from tongban.rules.errors import NotAllowed


def require_edit(org: str, *, by: Actor) -> None:
    """Raise NotAllowed unless the actor administers the organisation of a template; one of the place comes from its pack."""
    if not org or not by.has_role(org, "admin"):
        raise NotAllowed(
            "documents.not_admin", "文书模板由本单位的管理员修改，你没有这个权限", remedy="请本单位管理员修改"
        )
