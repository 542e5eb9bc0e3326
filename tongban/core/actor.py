"""The actor (行为人): who does something, for whom, in which seat and through which channel."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from uuid import UUID

from tongban.rules.errors import NotSignedIn


@dataclass(frozen=True)
class Actor:
    """Who acts. `seats` maps an organisation's code to the roles of the posts the account holds there."""

    account_id: UUID | None = None
    username: str = ""
    name: str = ""
    # The natural person behind the account, and the party for whom the person acts (by default the same).
    person_id: UUID | None = None
    party_id: UUID | None = None
    mandate_id: UUID | None = None
    # The check of identity at a window under which staff act for the person present.
    presence_id: UUID | None = None
    seats: dict[str, frozenset[str]] = field(default_factory=dict)
    channel: str = "web"  # web, window, api, cli, system
    request_id: str = ""
    address: str = ""

    @property
    def is_signed_in(self) -> bool:
        """Whether an account stands behind the actor."""
        return self.account_id is not None

    @property
    def account(self) -> UUID:
        """The id of the account that acts. Raises NotSignedIn when nobody is signed in."""
        if self.account_id is None:
            raise NotSignedIn("identity.sign_in", "请先登录", remedy="登录后会回到这一页")
        return self.account_id

    @property
    def is_staff(self) -> bool:
        """Whether the actor holds any seat."""
        return bool(self.seats)

    def has_role(self, organisation: str, *roles: str) -> bool:
        """Return whether the actor holds one of the roles in the organisation."""
        return bool(self.seats.get(organisation, frozenset()) & set(roles))

    def organisations_as(self, *roles: str) -> list[str]:
        """Return the codes of the organisations where the actor holds one of the roles."""
        return sorted(code for code, held in self.seats.items() if held & set(roles))

    def acting_for(self, party_id: UUID, mandate_id: UUID | None) -> Actor:
        """Return the same person acting for a party under a mandate."""
        return replace(self, party_id=party_id, mandate_id=mandate_id)

    @classmethod
    def system(cls, name: str = "系统") -> Actor:
        """Return the platform itself, for set-up and the worker."""
        return cls(name=name, channel="system")


ANONYMOUS = Actor()
