"""The people a file mentions: matched with those of the organization, or brought along without an account."""

from collections.abc import Iterable

from engine.clock import new_id
from engine.model.board import COLORS
from engine.model.organization import Member
from engine.model.text import clean_line, folded


class Cast:
    """`known` are the organization's members; `newcomers` those that an import must bring."""

    def __init__(self, known: Iterable[Member]) -> None:
        self.newcomers: list[Member] = []
        self._by_name: dict[str, str] = {}
        self._by_email: dict[str, str] = {}
        self.names: dict[str, str] = {}
        for member in known:
            self._learn(member)

    def named(self, name: str, email: str = "") -> str | None:
        """The id of the person with this email or name, new or known; None without a name."""
        shown = clean_line(name)[:120].strip() or clean_line(email)[:120]
        if not shown:
            return None
        found = self._by_email.get(folded(email)) if email else None
        found = found or self._by_name.get(folded(shown))
        if found is None:
            color = COLORS[len(self.names) % len(COLORS)]
            member = Member(
                id=new_id(), name=shown, email=clean_line(email)[:320], color=color, account=False
            )
            self.newcomers.append(member)
            self._learn(member)
            found = member.id
        return found

    def people(self) -> dict[str, str]:
        """Names by id, in the order of names, as columns read them."""
        return dict(sorted(self.names.items(), key=lambda pair: (pair[1].casefold(), pair[0])))

    def _learn(self, member: Member) -> None:
        self.names[member.id] = member.name
        self._by_name.setdefault(folded(member.name), member.id)
        if member.email:
            self._by_email.setdefault(folded(member.email), member.id)
