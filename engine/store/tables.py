"""The tables, and which record type lives in which. Every key starts with the organization (DESIGN §6)."""

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import JSON, TypeDecorator, TypeEngine

from engine.model.account import (
    Account,
    ApiKey,
    Invitation,
    Mail,
    MailToken,
    Membership,
    SignedIn,
)
from engine.model.board import Board, BoardMember, Group
from engine.model.column import Column as BoardColumn
from engine.model.conflict import Conflict
from engine.model.item import Attachment, Comment, Item
from engine.model.organization import Member, Organization, Preference
from engine.model.record import Record
from engine.model.rights import Consent, Deletion, Disclosure, Hold, Request
from engine.model.view import View
from engine.model.webhook import Webhook

metadata: Final = MetaData()

# Bytewise comparison on both databases: a linguistic collation breaks order keys (sync.md, fault 11).
BYTES: Final = Text().with_variant(Text(collation="C"), "postgresql")


class Document(TypeDecorator[Any]):
    """JSON; JSONB on PostgreSQL, whose dialect is imported there only: it costs the client's start."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name != "postgresql":
            return self.impl_instance
        from sqlalchemy.dialects.postgresql import JSONB

        return dialect.type_descriptor(JSONB(none_as_null=True))


DOCUMENT: Final = Document()

LIVE_TOP: Final = "state = 'live' AND parent_id IS NULL"
"""What the items of a board's view have in common; written out so that the partial index serves it."""


def _field(name: str, kind: Any = BYTES) -> Column[Any]:
    return Column(name, kind, nullable=False)


def _tenant_table(name: str, *parts: SchemaItem, key: tuple[str, ...] = ("id",)) -> Table:
    return Table(
        name,
        metadata,
        _field("organization_id"),
        *parts,
        PrimaryKeyConstraint("organization_id", *key),
    )


def _refers(column: str, table: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["organization_id", column], [f"{table}.organization_id", f"{table}.id"]
    )


def _state() -> tuple[Column[Any], Column[Any]]:
    return _field("state"), _field("state_at", BigInteger)


organization = _tenant_table(
    "organization",
    _field("id"),
    _field("seq", BigInteger),
    _field("name", Text),
    _field("created_at", BigInteger),
    _field("closing_at", BigInteger),
    _field("two_factor", Boolean),
    _field("dpo_id"),
    _field("offline_days", Integer),
)
member = _tenant_table(
    "member",
    _field("id"),
    _field("seq", BigInteger),
    _field("name", Text),
    _field("email", Text),
    _field("color"),
    _field("role"),
    _field("account", Boolean),
    _field("created_at", BigInteger),
    _field("restricted_at", BigInteger),
    _field("erased_at", BigInteger),
    _field("account_id"),
)
preference = _tenant_table(
    "preference",
    _field("id"),
    _field("seq", BigInteger),
    _field("member_id"),
    _field("name"),
    Column("value", DOCUMENT),
    _refers("member_id", "member"),
)
deletion = _tenant_table(
    "deletion",
    _field("id"),
    _field("seq", BigInteger),
    _field("member_id"),
    _field("asked_at", BigInteger),
    _field("due_at", BigInteger),
    _refers("member_id", "member"),
)
hold = _tenant_table(
    "hold",
    _field("id"),
    _field("seq", BigInteger),
    _field("member_id"),
    _field("reason", Text),
    _field("set_by"),
    _field("since", BigInteger),
    _refers("member_id", "member"),
)
consent = _tenant_table(
    "consent",
    _field("id"),
    _field("seq", BigInteger),
    _field("member_id"),
    _field("purpose"),
    _field("given", Boolean),
    _field("version"),
    _field("source"),
    _field("at", BigInteger),
    _refers("member_id", "member"),
)
privacy_request = _tenant_table(
    "privacy_request",
    _field("id"),
    _field("seq", BigInteger),
    _field("number", BigInteger),
    _field("subject_id"),
    _field("sender", Text),
    _field("kind"),
    _field("text", Text),
    _field("answer", Text),
    _field("state"),
    _field("received_at", BigInteger),
    _field("due_at", BigInteger),
    _field("closed_at", BigInteger),
    _field("log", DOCUMENT),
    UniqueConstraint("organization_id", "number"),
)
account = _tenant_table(
    "account",
    _field("id"),
    _field("seq", BigInteger),
    _field("password"),
    _field("two_factor_secret"),
    _field("two_factor_at", BigInteger),
    _field("two_factor_step", BigInteger),
    _field("recovery_codes", DOCUMENT),
    _field("email_confirmed_at", BigInteger),
    _field("policy_version"),
    _field("over_16_at", BigInteger),
    _field("created_at", BigInteger),
    _refers("id", "member"),
)
signed_in = _tenant_table(
    "signed_in",
    _field("id"),
    _field("seq", BigInteger),
    _field("account_id"),
    _field("token_hash"),
    _field("device", Text),
    _field("address", Text),
    _field("created_at", BigInteger),
    _field("last_used_at", BigInteger),
    _refers("account_id", "account"),
)
mail_token = _tenant_table(
    "mail_token",
    _field("id"),
    _field("seq", BigInteger),
    _field("account_id"),
    _field("purpose"),
    _field("token_hash"),
    _field("email", Text),
    _field("expires_at", BigInteger),
    _refers("account_id", "account"),
)
membership = _tenant_table(
    "membership",
    _field("id"),
    _field("seq", BigInteger),
    _field("account_id"),
    _field("member_id"),
    _field("joined_at", BigInteger),
    _field("left_at", BigInteger),
    _refers("account_id", "account"),
)
invitation = _tenant_table(
    "invitation",
    _field("id"),
    _field("seq", BigInteger),
    _field("email", Text),
    _field("role"),
    _field("token_hash"),
    _field("invited_by"),
    _field("created_at", BigInteger),
    _field("expires_at", BigInteger),
    _field("accepted_at", BigInteger),
)
api_key = _tenant_table(
    "api_key",
    _field("id"),
    _field("seq", BigInteger),
    _field("member_id"),
    _field("name", Text),
    _field("prefix"),
    _field("secret_hash"),
    _field("scope"),
    _field("created_at", BigInteger),
    _field("expires_at", BigInteger),
    _field("last_used_at", BigInteger),
    _field("revoked_at", BigInteger),
    _refers("member_id", "member"),
)
webhook = _tenant_table(
    "webhook",
    _field("id"),
    _field("seq", BigInteger),
    _field("member_id"),
    _field("name", Text),
    _field("url", Text),
    _field("events", DOCUMENT),
    _field("of_board"),
    _field("enabled", Boolean),
    _field("reason"),
    _field("secret_id"),
    _field("old_secret_id"),
    _field("old_until", BigInteger),
    _field("created_at", BigInteger),
    _refers("member_id", "member"),
)
# How far the change log was told to each webhook, and whose turn it is (engine.store.webhook_queue). Only numbers:
# what is due is asked over all tenants.
webhook_cursor = _tenant_table(
    "webhook_cursor",
    _field("id"),
    _field("seq", BigInteger),
    _field("n", Integer),
    _field("k", Integer),
    _field("enabled", Boolean),
    _field("waiting", Integer),
    _field("due_at", BigInteger),
    _field("leased_until", BigInteger),
    _refers("id", "webhook"),
)
# One row a message to a webhook: which part of the log it tells, and how its attempts ended.
webhook_delivery = _tenant_table(
    "webhook_delivery",
    _field("id"),
    _field("webhook_id"),
    _field("kind"),
    _field("state"),
    *(
        _field(f"{end}_{part}", BigInteger if part == "seq" else Integer)
        for end in ("after", "until")
        for part in ("seq", "n", "k")
    ),
    _field("count", Integer),
    _field("attempts", Integer),
    _field("code", Integer),
    _field("reason"),
    _field("created_at", BigInteger),
    _field("tried_at", BigInteger),
    _field("due_at", BigInteger),
    _refers("webhook_id", "webhook"),
)
Index(
    "webhook_delivery_of", webhook_delivery.c.organization_id, webhook_delivery.c.webhook_id,
    webhook_delivery.c.id,
)  # fmt: skip
mail = _tenant_table(
    "mail",
    _field("id"),
    _field("seq", BigInteger),
    _field("member_id"),
    _field("address", Text),
    _field("template"),
    _field("subject", Text),
    _field("text", Text),
    _field("html", Text),
    _field("created_at", BigInteger),
    _field("sent_at", BigInteger),
)
Index("mail_waiting", mail.c.organization_id, mail.c.sent_at, mail.c.id)
# There is a row where mails wait: what is due is asked over all tenants (engine.store.mail_due).
mail_due = _tenant_table("mail_due", key=())
disclosure = _tenant_table(
    "disclosure",
    _field("id"),
    _field("seq", BigInteger),
    _field("subject_id"),
    _field("recipient", Text),
    _field("ground", Text),
    _field("what", Text),
    _field("recorded_by"),
    _field("at", BigInteger),
    _field("hidden_until", BigInteger),
)
board = _tenant_table(
    "board",
    _field("id"),
    _field("seq", BigInteger),
    _field("name", Text),
    _field("description", Text),
    _field("kind"),
    _field("item_noun", Text),
    _field("position"),
    *_state(),
    _field("created_at", BigInteger),
    _field("created_by"),
    UniqueConstraint("organization_id", "position"),
)
board_member = _tenant_table(
    "board_member",
    _field("id"),
    _field("seq", BigInteger),
    _field("board_id"),
    _field("member_id"),
    _field("role"),
    _refers("board_id", "board"),
    _refers("member_id", "member"),
    UniqueConstraint("organization_id", "board_id", "member_id"),
)
item_group = _tenant_table(
    "item_group",
    _field("id"),
    _field("seq", BigInteger),
    _field("board_id"),
    _field("name", Text),
    _field("color"),
    _field("collapsed", Boolean),
    _field("position"),
    *_state(),
    _field("created_at", BigInteger),
    _refers("board_id", "board"),
    UniqueConstraint("organization_id", "board_id", "position"),
)
board_column = _tenant_table(
    "board_column",
    _field("id"),
    _field("seq", BigInteger),
    _field("board_id"),
    _field("type"),
    _field("title", Text),
    _field("settings", DOCUMENT),
    _field("position"),
    _field("width", Integer),
    *_state(),
    _refers("board_id", "board"),
    UniqueConstraint("organization_id", "board_id", "position"),
)
item = _tenant_table(
    "item",
    _field("id"),
    _field("seq", BigInteger),
    _field("board_id"),
    _field("group_id"),
    Column("parent_id", BYTES),
    _field("number", BigInteger),
    _field("name", Text),
    _field("values", DOCUMENT),
    _field("stamps", DOCUMENT),
    _field("position"),
    *_state(),
    _field("created_at", BigInteger),
    _field("created_by"),
    _field("updated_at", BigInteger),
    _field("updated_by"),
    _field("sort_name"),  # derived: the name, folded
    _field("words"),  # derived: everything a search finds in the row itself, folded
    _refers("board_id", "board"),
    _refers("group_id", "item_group"),
    _refers("parent_id", "item"),
    UniqueConstraint("organization_id", "number"),
)
# What indexes leave out is said for SQLite only: saying it for PostgreSQL too would import its dialect at each
# start of the client. The migrations, which make the indexes, say it for both.
Index(
    "item_place", item.c.organization_id, item.c.group_id, item.c.position, unique=True,
    sqlite_where=text("parent_id IS NULL"),
)  # fmt: skip
Index(
    "subitem_place", item.c.organization_id, item.c.parent_id, item.c.position, unique=True,
    sqlite_where=text("parent_id IS NOT NULL"),
)  # fmt: skip
Index(
    "item_order", item.c.organization_id, item.c.board_id, item.c.group_id, item.c.position,
    item.c.number, sqlite_where=text(LIVE_TOP),
)  # fmt: skip
Index(
    "item_put_away", item.c.organization_id, item.c.state, item.c.state_at,
    sqlite_where=text("state <> 'live'"),
)  # fmt: skip

comment = _tenant_table(
    "comment",
    _field("id"),
    _field("seq", BigInteger),
    _field("board_id"),
    _field("item_id"),
    _field("author_id"),
    _field("body", Text),
    _field("created_at", BigInteger),
    _field("edited_at", BigInteger),
    *_state(),
    _refers("board_id", "board"),
    _refers("item_id", "item"),
    _refers("author_id", "member"),
)
Index("comment_item", comment.c.organization_id, comment.c.item_id)

attachment = _tenant_table(
    "attachment",
    _field("id"),
    _field("seq", BigInteger),
    _field("board_id"),
    _field("item_id"),
    _field("name", Text),
    _field("digest"),
    _field("size", BigInteger),
    _field("url", Text),
    _field("created_at", BigInteger),
    _field("created_by"),
    *_state(),
    _refers("board_id", "board"),
    _refers("item_id", "item"),
)
for _kind in (item, comment, attachment):
    Index(f"{_kind.name}_seq", _kind.c.organization_id, _kind.c.board_id, _kind.c.seq)
Index("attachment_item", attachment.c.organization_id, attachment.c.item_id)
Index("attachment_digest", attachment.c.organization_id, attachment.c.digest)

# Which member has brought which bytes (engine.store.stored_files); on a linked device also whether the server has
# them: `sent_at` is 0 until it does.
stored_file = _tenant_table(
    "stored_file",
    _field("digest"),
    _field("member_id"),
    _field("size", BigInteger),
    _field("at", BigInteger),
    _field("sent_at", BigInteger),
    key=("digest", "member_id"),
)

saved_view = _tenant_table(
    "saved_view",
    _field("id"),
    _field("seq", BigInteger),
    _field("board_id"),
    _field("name", Text),
    _field("kind"),
    _field("filter", DOCUMENT),
    _field("sorts", DOCUMENT),
    _field("lane_by"),
    _field("hidden", DOCUMENT),
    Column("card_fields", DOCUMENT),
    _field("collapsed_lanes", DOCUMENT),
    _field("settings", DOCUMENT),
    _field("position"),
    _refers("board_id", "board"),
)

# One row an organization: what the next command, item and audit entry continue from.
head = _tenant_table(
    "head",
    _field("epoch"),
    _field("seq", BigInteger),
    _field("item_number", BigInteger),
    _field("audit_number", BigInteger),
    _field("audit_hash", LargeBinary),
    _field("replica_id"),  # ours, where a server decides; "" where this store does
    key=(),
)
# One row a command that was carried out: idempotency, undo and redo.
history = _tenant_table(
    "history",
    _field("seq", BigInteger),
    _field("command_id"),
    _field("gesture"),
    _field("op"),
    _field("audit_name"),
    _field("actor_id"),
    _field("at", BigInteger),
    _field("kind"),  # do, undo or redo
    Column("undoes", BYTES),  # the gesture that this command took back
    Column("undone_by", BYTES),  # the gesture that took this one back
    _field("undoable", Boolean),
    _field("replica_id"),  # the device that it came from, "" for this store itself
    key=("seq",),
)
Index("history_command", history.c.organization_id, history.c.command_id, unique=True)
Index("history_gesture", history.c.organization_id, history.c.gesture)
Index("history_actor", history.c.organization_id, history.c.actor_id, history.c.seq)

# One row a record that a command touched: a patch of fields and their old values.
change = _tenant_table(
    "change",
    _field("seq", BigInteger),
    _field("n", Integer),
    _field("entity"),
    _field("entity_id"),
    _field("board_id"),
    _field("item_id"),
    _field("op"),  # a ChangeOp
    Column("before", DOCUMENT),
    Column("after", DOCUMENT),
    key=("seq", "n"),
)
Index("change_item", change.c.organization_id, change.c.item_id, change.c.seq)

# -- sync (docs/sync-model.md) ------------------------------------------------------------------

# On the authority: each device, and how far its commands were decided. `last_at` is the effective time of its
# last command: the next one's is later.
replica = _tenant_table(
    "replica",
    _field("id"),
    _field("member_id"),
    _field("last_n", BigInteger),
    _field("last_at", BigInteger),
    _field("seen_at", BigInteger),
    _field("forgotten", BigInteger),
)
# What was decided of each command of a device: it gets the same answer however often it asks.
verdict = _tenant_table(
    "verdict",
    _field("replica_id"),
    _field("n", BigInteger),
    _field("command_id"),
    _field("seq", BigInteger),
    _field("status"),
    _field("code"),
    _field("reason", Text),
    key=("replica_id", "n"),
)
Index("verdict_command", verdict.c.organization_id, verdict.c.command_id)

conflict = _tenant_table(
    "conflict",
    _field("id"),
    _field("seq", BigInteger),
    _field("member_id"),
    _field("board_id"),
    _field("item_id"),
    _field("entity"),
    _field("entity_id"),
    _field("field"),
    Column("lost", DOCUMENT),
    Column("won", DOCUMENT),
    _field("won_by"),
    _field("at", BigInteger),
)

# On a linked device: which server decides, and how far the two have come.
link = _tenant_table(
    "link",
    _field("server", Text),
    _field("token"),
    _field("epoch"),
    _field("member_id"),
    _field("last_n", BigInteger),
    _field("acked_n", BigInteger),
    _field("acked_id"),
    _field("last_at", BigInteger),
    _field("sent_n", BigInteger),
    _field("ticket"),
    _field("checked_at", BigInteger),
    _field("gaps", BigInteger),
    _field("schema"),
    _field("taking"),
    _field("forgotten", BigInteger),
    key=(),
)
scope_cursor = _tenant_table(
    "scope_cursor", _field("scope"), _field("seq", BigInteger), _field("role"), key=("scope",)
)
# The server's image of each record that waiting commands touched; none where the server has no such record.
shadow = _tenant_table(
    "shadow",
    _field("entity"),
    _field("entity_id"),
    Column("image", DOCUMENT),
    key=("entity", "entity_id"),
)


def _command() -> tuple[Column[Any], ...]:
    return (
        _field("command_id"),
        _field("gesture"),
        _field("op"),
        _field("arguments", DOCUMENT),
        _field("at", BigInteger),
        _field("undoable", Boolean),
        _field("base", BigInteger),
        Column("was", DOCUMENT),
    )


# Commands a linked device carried out and the server has not decided; `trouble` is why one has no effect here.
outbox = _tenant_table(
    "outbox", _field("n", BigInteger), *_command(), _field("trouble", Text), key=("n",)
)
# Commands that the server refused, until the person puts them away.
held = _tenant_table(
    "held",
    *_command(),
    _field("code"),
    _field("reason", Text),
    _field("held_at", BigInteger),
    key=("command_id",),
)
# Commands that the server took, for a while: should it be restored from a backup, they are offered again.
journal = _tenant_table(
    "journal",
    _field("n", BigInteger),
    *_command(),
    _field("seq", BigInteger),
    _field("taken_at", BigInteger),
    key=("n",),
)

# The chain (engine.store.audit_chain). `sealed` is what is personal: erasable without breaking it.
audit = _tenant_table(
    "audit",
    _field("number", BigInteger),
    _field("seq", BigInteger),
    _field("command_id"),
    _field("name"),
    _field("at", BigInteger),
    _field("actor_id"),
    _field("detail", DOCUMENT),
    Column("sealed", DOCUMENT),
    Column("salt", LargeBinary),
    _field("sealed_hash", LargeBinary),
    _field("hash", LargeBinary),
    key=("number",),
)

# What is left of the front of the chain once it was kept long enough (engine.store.audit_pruning).
audit_checkpoint = _tenant_table(
    "audit_checkpoint",
    _field("number", BigInteger),
    _field("hash", LargeBinary),
    _field("at", BigInteger),
    _field("seal", LargeBinary),
    key=(),
)

TENANT_TABLES: Final = tuple(metadata.sorted_tables)

# What is asked for before it is known which tenant it is about. No word of anybody: only keyed digests.
# directory: which tenant an address or an API key's prefix belongs to. `digest` is unique by `kind`.
directory = Table(
    "directory",
    metadata,
    _field("kind"),
    _field("digest"),
    _field("organization_id"),
    PrimaryKeyConstraint("kind", "digest"),
)
# rate_limit: the theoretical arrival time of each limited thing (engine.store.limiting). Milliseconds.
rate_limit = Table(
    "rate_limit",
    metadata,
    _field("digest"),
    _field("arrival", BigInteger),
    PrimaryKeyConstraint("digest"),
)
# tally: how often something happened of which nothing else may be kept.
tally = Table(
    "tally",
    metadata,
    _field("name"),
    _field("count", BigInteger),
    PrimaryKeyConstraint("name"),
)
# key_check: the key that a server's database belongs to (engine.store.key_check).
key_check = Table("key_check", metadata, _field("digest"), PrimaryKeyConstraint("digest"))
# job: which process runs a job of the server, until when, and when it last ended well (engine.store.turns).
job = Table(
    "job",
    metadata,
    _field("name"),
    _field("holder"),
    _field("leased_until", BigInteger),
    _field("done_at", BigInteger),
    PrimaryKeyConstraint("name"),
)
SYSTEM_TABLES: Final = (directory, rate_limit, tally, key_check, job)

TABLE_OF: Final[dict[type[Record], Table]] = {
    Organization: organization,
    Member: member,
    Preference: preference,
    Deletion: deletion,
    Hold: hold,
    Consent: consent,
    Request: privacy_request,
    Account: account,
    SignedIn: signed_in,
    MailToken: mail_token,
    Membership: membership,
    Invitation: invitation,
    ApiKey: api_key,
    Webhook: webhook,
    Mail: mail,
    Disclosure: disclosure,
    Board: board,
    BoardMember: board_member,
    Group: item_group,
    BoardColumn: board_column,
    Item: item,
    Comment: comment,
    Attachment: attachment,
    View: saved_view,
    Conflict: conflict,
}
ENTITY_NAMES: Final[dict[type[Record], str]] = {
    Organization: "organization",
    Member: "member",
    Preference: "preference",
    Deletion: "deletion",
    Hold: "hold",
    Consent: "consent",
    Request: "request",
    Account: "account",
    SignedIn: "session",
    MailToken: "token",
    Membership: "membership",
    Invitation: "invitation",
    ApiKey: "api_key",
    Webhook: "webhook",
    Mail: "mail",
    Disclosure: "disclosure",
    Board: "board",
    BoardMember: "board_member",
    Group: "group",
    BoardColumn: "column",
    Item: "item",
    Comment: "comment",
    Attachment: "attachment",
    View: "view",
    Conflict: "conflict",
}
ENTITIES: Final[dict[str, type[Record]]] = {name: kind for kind, name in ENTITY_NAMES.items()}
