"""A transaction as its handlers read it: one organization's rows, and of those only what the actor may see.

The organization is added here to every statement, and here it is decided which boards exist for the
actor; commands and queries cannot leave either out (DESIGN §6).
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, TypeVar

from msgspec import structs
from sqlalchemy import Connection, Executable, Select, Table, func, select

from engine.clock import as_datetime
from engine.columns.column_type import ColumnType, Surroundings
from engine.columns.labels import surroundings_for
from engine.columns.registry import column_type
from engine.errors import Forbidden, NotFound
from engine.model.actor import Actor, Role, Scope
from engine.model.board import Board, BoardKind, BoardMember
from engine.model.column import Column
from engine.model.organization import Member, Organization
from engine.model.record import Record, State
from engine.store.rows import ORGANIZATION, by_id, listing, shape_of, to_record
from engine.store.tables import ENTITY_NAMES, TABLE_OF, head

R = TypeVar("R", bound=Record)
SYSTEM_USER = "system"
RESTRICTED = "Restricted member"


class Reading:
    """`required` is the role that the handler's line names, `within_board` whether it must be held on each
    board that is touched (else it must be held in the organization). `or_dpo`: the Data Protection Officer needs
    no role for it."""

    def __init__(
        self, connection: Connection, actor: Actor, now: int, utc_offset: int,
        required: Role, within_board: bool, *, or_dpo: bool = False,
    ) -> None:  # fmt: skip
        self.connection = connection
        self.actor = actor
        self.now = now
        self.utc_offset = utc_offset
        self._required = required
        self._within_board = within_board
        self._or_dpo = or_dpo
        self.is_sqlite = connection.dialect.name == "sqlite"
        self._admitted: set[str] = set()  # boards the actor's role was checked on
        self._people: dict[str, str] | None = None
        self._columns: dict[str, dict[str, Column]] = {}
        self._readers: dict[
            str, tuple[dict[str, Column], dict[str, tuple[ColumnType, Surroundings]]]
        ] = {}
        self._surroundings: dict[str, tuple[Column, Surroundings]] = {}
        self.member = self._who_acts()

    # -- statements ---------------------------------------------------------------------------

    def run(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Any:
        """Run a statement whose organization is the bind parameter `organization`."""
        return self.connection.execute(
            statement, {ORGANIZATION: self.actor.organization_id, **(parameters or {})}
        )

    def select(self, table: Table, *columns: Any) -> Select[Any]:
        """A select of the actor's organization only."""
        return select(*(columns or (table,))).where(
            table.c.organization_id == self.actor.organization_id
        )

    def rows(self, statement: Select[Any]) -> list[Any]:
        return list(self.connection.execute(statement))

    # -- records ------------------------------------------------------------------------------

    def find(self, kind: type[R], id: str) -> R | None:
        """The record, or None where there is none that the actor may see."""
        record = self._unchecked(kind, id)
        return record if record is not None and self._may_see(record) else None

    def get(self, kind: type[R], id: str) -> R:
        """The record; raises NotFound, also where the actor may not see it."""
        record = self.find(kind, id)
        if record is None:
            raise NotFound(f"There is no {ENTITY_NAMES[kind].replace('_', ' ')} “{id}” here.")
        return record

    def list(self, kind: type[R], *, order_by: Iterable[str] = (), **equals: object) -> list[R]:
        """All records with these field values that the actor may see."""
        statement = listing(kind, shape_of(equals), tuple(order_by))
        rows = statement.rows(self.connection, {ORGANIZATION: self.actor.organization_id, **equals})
        records = [to_record(kind, row) for row in rows]
        return [record for record in records if self._may_see(record)]

    def count(self, kind: type[Record], **equals: object) -> int:
        table = TABLE_OF[kind]
        statement = self.select(table, func.count())
        for name, value in equals.items():
            statement = statement.where(table.c[name] == value)
        return int(self.connection.execute(statement).scalar_one())

    def epoch(self) -> str:
        """Which life of the store this is: it is another one after it came back from a backup."""
        mine = head.c.organization_id == self.actor.organization_id
        return str(self.connection.execute(select(head.c.epoch).where(mine)).scalar_one())

    def last_seq(self) -> int:
        """Of the last command."""
        mine = head.c.organization_id == self.actor.organization_id
        return int(self.connection.execute(select(head.c.seq).where(mine)).scalar_one())

    # -- what values are read against ---------------------------------------------------------

    @property
    def people(self) -> dict[str, str]:
        """Names of all members by id, in the order of names."""
        if self._people is None:
            self._people = {member.id: member.name for member in self.members()}
        return self._people

    def members(self) -> tuple[Member, ...]:
        """All members in the order of names. Of one whose data is restricted the others see only that
        (Art. 18: kept, not processed)."""
        seen = (self.seen(member) for member in self.list(Member))
        return tuple(sorted(seen, key=lambda member: (member.name.casefold(), member.id)))

    def seen(self, member: Member) -> Member:
        if not member.restricted_at or member.id == self.actor.user_id:
            return member
        return structs.replace(member, name=RESTRICTED, email="")

    def columns(self, board_id: str) -> dict[str, Column]:
        """The live columns of a board by id, in their order."""
        if board_id not in self._columns:
            columns = self.list(Column, board_id=board_id, state=State.LIVE, order_by=("position",))
            self._columns[board_id] = {column.id: column for column in columns}
        return self._columns[board_id]

    def trashed_column(self, board_id: str, column_id: str) -> Column | None:
        """A column of the board that is not among the live ones any more: people know it by its title."""
        column = self.find(Column, column_id)
        return column if column is not None and column.board_id == board_id else None

    def today(self) -> date:
        return (as_datetime(self.now) + timedelta(minutes=self.utc_offset)).date()

    def surroundings(self, column: Column) -> Surroundings:
        """What values of the column are read against; made once a transaction for each column."""
        found = self._surroundings.get(column.id)
        if found is None or found[0] is not column:
            at = surroundings_for(column, self.people, self.today(), self.utc_offset)
            found = self._surroundings[column.id] = (column, at)
        return found[1]

    def readers(self, board_id: str) -> Mapping[str, tuple[ColumnType, Surroundings]]:
        """By column id: the type of each live column, and what its values are read against."""
        columns = self.columns(board_id)
        found = self._readers.get(board_id)
        if found is None or found[0] is not columns:
            made = {id: (column_type(c.type), self.surroundings(c)) for id, c in columns.items()}
            found = self._readers[board_id] = (columns, made)
        return found[1]

    def require(self, role: Role, *, within_board: bool) -> None:
        """Ask for a further role from here on: what taking back a command needs is what giving it needed."""
        if not within_board and not self.member.role.covers(role):
            raise Forbidden(_lacking(self.member.role, role))
        if within_board and role.rank > self._required.rank:
            self._required = role
            self._within_board = True
            self._admitted.clear()

    # -- who may see what ---------------------------------------------------------------------

    @property
    def answers_requests(self) -> bool:
        """Whether the actor works on requests about personal data: owners, admins, the Data Protection Officer."""
        return self.member.role.covers(Role.ADMIN) or self._officer() == self.member.id

    def board(self, board_id: str) -> Board:
        """The board, in whatever state; raises NotFound and Forbidden as the actor's role on it says."""
        return self.get(Board, board_id)

    def role_on(self, board: Board) -> Role | None:
        """The actor's role on a board; None where it does not exist for them."""
        if self.actor.user_id == SYSTEM_USER:
            return Role.OWNER
        open_to_all = board.kind is BoardKind.MAIN and self.member.role.covers(Role.VIEWER)
        if open_to_all:
            return self.member.role
        place = self._unchecked(BoardMember, f"{board.id}:{self.member.id}")
        if place is None:
            return None
        return place.role if self.member.role is Role.GUEST else max(
            place.role, min(self.member.role, Role.MEMBER, key=lambda role: role.rank),
            key=lambda role: role.rank,
        )  # fmt: skip

    def may_read(self, board_id: str) -> bool:
        """Whatever the role that is asked for here."""
        board = self._unchecked(Board, board_id)
        return board is not None and self.role_on(board) is not None

    def _who_acts(self) -> Member:
        if self.actor.user_id == SYSTEM_USER:
            return Member(id=SYSTEM_USER, name="ConneqtOS", role=Role.OWNER)
        member = self._unchecked(Member, self.actor.user_id)
        if member is None or not member.account:
            raise Forbidden(
                "You are not a member of this organization. Ask its owner to invite you."
            )
        if self.actor.scope is not Scope.ADMIN and member.role.covers(Role.MEMBER):
            member = structs.replace(member, role=Role.MEMBER)
        lacks = not self._within_board and not member.role.covers(self._required)
        if lacks and not (self._or_dpo and self._officer() == member.id):
            raise Forbidden(_lacking(member.role, self._required))
        return member

    def _officer(self) -> str:
        """The member who is Data Protection Officer, "" for none."""
        tenant = self._unchecked(Organization, self.actor.organization_id)
        return "" if tenant is None else tenant.dpo_id

    def _may_see(self, record: Record) -> bool:
        board_id = record.id if isinstance(record, Board) else getattr(record, "board_id", None)
        if board_id is None or board_id in self._admitted:
            return True
        board = record if isinstance(record, Board) else self._unchecked(Board, board_id)
        assert board is not None  # a foreign key: a record of a board is never without it
        role = self.role_on(board)
        if role is None:
            return False
        if self._within_board and not role.covers(self._required):
            raise Forbidden(_lacking(role, self._required))
        self._admitted.add(board_id)
        return True

    def _unchecked(self, kind: type[R], id: str) -> R | None:
        """The record by id, whoever may see it."""
        parameters = {ORGANIZATION: self.actor.organization_id, "id": id}
        row = by_id(kind).first(self.connection, parameters)
        return None if row is None else to_record(kind, row)


def _lacking(role: Role, needed: Role) -> str:
    return f"Your role here is {role.value}; this needs {needed.value}. Ask an owner or admin."
