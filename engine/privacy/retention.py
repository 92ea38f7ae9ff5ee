"""How long things are kept, as one table: what is older goes by the retention run (policy §5, C22–C26)."""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from engine.clock import as_datetime
from engine.model.record import TRASH_DAYS
from engine.model.rights import GRACE_DAYS
from engine.privacy.policy import CATEGORIES


class Rule(Struct, frozen=True, kw_only=True):
    """`years` are those of the calendar: 2 years after 29 February end on 28 February."""

    title: str
    years: int = 0
    days: int = 0

    def cutoff(self, now: int) -> int:
        """What is from before this time has been kept long enough. Milliseconds, as `now`."""
        at = _years_before(as_datetime(now), self.years) - timedelta(days=self.days)
        return int(at.timestamp() * 1000)

    @property
    def kept(self) -> str:
        if not (self.years or self.days):
            return "until they end"
        return f"{self.years} years" if self.years else f"{self.days} days"


RULES: Final[dict[str, Rule]] = {
    "trash": Rule(title="What was put in the trash", days=TRASH_DAYS),
    "audit": Rule(title="Entries of the audit trail", years=2),
    "requests": Rule(title="Requests and messages to support, after their answer", years=2),
    "invitations": Rule(title="Invitations", days=7),
    "sessions": Rule(title="Devices that were not used for 30 days, or signed in 90 days ago"),
    "mails": Rule(title="That a mail was sent; its words go when it is", days=30),
    "webhook_deliveries": Rule(title="When a webhook was called, and what it answered", days=30),
    "deletion": Rule(title="Accounts whose deletion was asked for", days=GRACE_DAYS),
}


BACKUPS: Final = "30 days. Who was erased does not come back with one"


def kept_table() -> list[tuple[str, str]]:
    """Everything that is kept, and how long: printed in the dashboard, the policy and the export."""
    categories = [(one.title, one.kept) for one in CATEGORIES.values()]
    return [
        *categories,
        *((rule.title, rule.kept) for rule in RULES.values()),
        ("Backups", BACKUPS),
    ]


def _years_before(at: datetime, years: int) -> datetime:
    try:
        return at.replace(year=at.year - years)
    except ValueError:  # 29 February
        return at.replace(year=at.year - years, day=28)
