"""The one table of everything a person can do by key: its name, its keys, and the words it goes by.

The palette, the help and every binding read it. `tui.keys` turns it into the keymap in force. A screen
carries an action out in the method `action_<name>`, where name is what follows the dot of the id.
"""

from dataclasses import dataclass
from typing import Final

SCOPES: Final = {
    "global": "Everywhere",
    "list": "Lists",
    "first": "The first screen",
    "home": "Boards",
    "board": "A board",
    "table": "The table",
    "kanban": "The kanban",
    "item": "An item",
    "transfer": "Import and export",
    "trash": "Trash",
    "privacy": "Privacy & Data",
    "requests": "Requests about data",
    "members": "Members",
    "keys": "API keys",
    "sharing": "Who sees a board",
    "sync": "Sync",
    "policy": "Privacy policy",
    "audit": "Audit trail",
    "settings": "Settings",
    "help": "Keys",
    "editor": "Writing",
}
"""Where actions work, and the heading of each in the help."""

LISTS: Final = (
    "first",
    "home",
    "item",
    "transfer",
    "trash",
    "privacy",
    "requests",
    "members",
    "keys",
    "sharing",
    "sync",
    "policy",
    "audit",
    "settings",
    "help",
)
"""Screens that are one list: what works in `list` works in each of them."""


@dataclass(frozen=True)
class Action:
    """Keys are alternatives apart by ", "; the strokes of one stand apart by a blank (“g g”). `plain` are
    the keys of the preset without vim letters, where they differ. `takes` is what a person may type along:
    a count before it, or a letter after it."""

    id: str
    keys: str
    label: str
    help: str = ""
    plain: str | None = None
    takes: str = ""

    @property
    def scope(self) -> str:
        return self.id.partition(".")[0]

    @property
    def name(self) -> str:
        return self.id.partition(".")[2]


A = Action
COUNT: Final = "count"
LETTER: Final = "letter"

EVERYWHERE: Final = (
    A("global.palette", ":, ctrl+p", "find anything", "Boards, items and every action, by a few letters.", "ctrl+p, :"),
    A("global.help", "?, f1", "show the keys", "The keys that work here.", "f1, ?"),
    A("global.undo", "u", "undo", "Take back the last thing you did, also after a restart."),
    A("global.redo", "ctrl+r", "redo", "Do again what was undone."),
    A("global.redraw", "ctrl+l", "draw the screen anew", "After another program has written over it."),
    A("global.suspend_process", "ctrl+z", "go to the shell for a while", "“fg” in the shell comes back."),
    A("global.sync", "f12", "see how sync stands", "What waits, what the server refused, edits that met others'."),
    A("global.lock", "", "lock the workspace", "The passphrase is asked for again."),
    A("global.quit", "ctrl+q", "quit"),
)  # fmt: skip

LIST: Final = (
    A("list.down", "j, down", "go down", plain="down", takes=COUNT),
    A("list.up", "k, up", "go up", plain="up", takes=COUNT),
    A("list.first", "g g, home", "go to the first line", plain="home"),
    A("list.last", "G, end", "go to the last line", plain="end"),
    A("list.page_down", "ctrl+d, pagedown", "go a page down", plain="pagedown", takes=COUNT),
    A("list.page_up", "ctrl+u, pageup", "go a page up", plain="pageup", takes=COUNT),
)

FIRST: Final = (
    A("first.open", "enter, l", "choose this line", plain="enter"),
    A("first.create", "c", "create a workspace"),
    A("first.join", "s", "join a server"),
    A("first.demo", "d", "try the demo"),
    A("first.open_folder", "o", "open the workspace of a folder"),
    A("first.close", "escape, q", "leave", plain="escape"),
)

HOME: Final = (
    A("home.open", "enter, l", "open the board", plain="enter"),
    A("home.filter", "/", "find by words", "As you type; esc takes the filter away.", "/, ctrl+f"),
    A("home.add_board", "o, insert", "add a board", plain="insert, n"),
    A("home.rename", "r, f2", "rename the board", plain="f2"),
    A("home.favourite", "f", "make it a favourite, or not any more"),
    A("home.move_down", "J, shift+down", "move the board down", plain="shift+down"),
    A("home.move_up", "K, shift+up", "move the board up", plain="shift+up"),
    A("home.import", "i", "import a file", "Trello, CSV, or a board from another ConneqtOS."),
    A("home.export", "x", "export the board"),
    A("home.duplicate", "Y", "duplicate the board", plain="d"),
    A("home.share", "s", "share the board", "Who sees it, and what they may do on it."),
    A("home.archive", "d a", "archive the board", plain="a"),
    A("home.trash", "d d, delete", "put the board in the trash", "It stays there for 30 days.", "delete"),
    A("home.show_trash", "T", "show the trash"),
    A("home.privacy", "P", "see what is held about you", "Privacy & Data: why, how long, and your export."),
    A("home.members", "m", "see members, invite people", "Roles, invitations, leaving, handing over."),
    A("home.audit", "g a", "read the audit trail", "Who did what, when and from where.", ""),
    A("home.settings", "S", "change settings"),
    A("home.workspaces", "w", "open another workspace"),
    A("home.clear_filter", "escape", "clear the filter"),
    A("home.quit", "q", "quit", plain=""),
)  # fmt: skip

GOING: Final = (
    A("board.down", "j, down", "go down", plain="down", takes=COUNT),
    A("board.up", "k, up", "go up", plain="up", takes=COUNT),
    A("board.left", "h, left", "go left", plain="left", takes=COUNT),
    A("board.right", "l, right", "go right", plain="right", takes=COUNT),
    A("board.first", "g g, home", "go to the first item", plain="home"),
    A("board.last", "G, end", "go to the last item", plain="end"),
    A("board.first_column", "0, ^", "go to the first column", plain="ctrl+home, 0"),
    A("board.last_column", "$", "go to the last column", plain="ctrl+end, $"),
    A("board.half_page_down", "ctrl+d", "go half a page down", takes=COUNT),
    A("board.half_page_up", "ctrl+u", "go half a page up", takes=COUNT),
    A("board.screen_down", "pagedown, ctrl+f", "go a page down", plain="pagedown", takes=COUNT),
    A("board.screen_up", "pageup, ctrl+b", "go a page up", plain="pageup", takes=COUNT),
    A("board.next_group", "}", "go to the next group", takes=COUNT),
    A("board.previous_group", "{", "go to the previous group", takes=COUNT),
    A("board.center", "z z", "put this line in the middle"),
    A("board.go_to_number", "#", "go to an item by its number"),
    A("board.set_mark", "m", "mark this item with a letter", "“m a” sets mark a.", takes=LETTER),
    A("board.go_to_mark", "'", "go to a marked item", "“' a” goes to mark a.", takes=LETTER),
    A("board.back", "escape", "go one step back", "The selection, then the filter, then the board."),
)  # fmt: skip

ITEMS: Final = (
    A("board.open", "enter", "open the item or edit the value", "On a name its panel, elsewhere the editor."),
    A("board.edit", "e", "edit in place", plain="f4, e"),
    A("board.rename", "r, f2", "rename the item", plain="f2"),
    A("board.clear_value", "delete, backspace", "clear the value", "Of all selected items."),
    A("board.repeat", ".", "repeat the last edit", "On this item, or on all selected."),
    A("board.add_below", "o, insert", "add an item below", plain="insert, n"),
    A("board.add_above", "O", "add an item above"),
    A("board.add_subitem", "a", "add a subitem"),
    A("board.toggle_subitems", "tab", "show or hide the subitems"),
    A("board.move_down", "J, shift+down", "move down", plain="shift+down", takes=COUNT),
    A("board.move_up", "K, shift+up", "move up", plain="shift+up", takes=COUNT),
    A("board.move_left", "H, shift+left", "move left", "A column; on the kanban the card.",
      "shift+left", COUNT),
    A("board.move_right", "L, shift+right", "move right", "A column; on the kanban the card.",
      "shift+right", COUNT),
    A("board.move_to_group", "M", "move to another group", "Of this board or of another."),
    A("board.duplicate", "Y", "duplicate"),
    A("board.copy", "y", "copy", "To the clipboard of the terminal, as text."),
    A("board.archive", "d a", "archive", plain="ctrl+a"),
    A("board.trash", "d d, D", "put in the trash", "It stays there for 30 days.", "ctrl+x"),
    A("board.select", "space", "select, or not any more", takes=COUNT),
    A("board.select_range", "v", "select from here on"),
    A("board.select_group", "V", "select the whole group"),
    A("board.select_all", "ctrl+a", "select all that the filter shows", plain="A"),
    A("board.select_none", "", "select nothing"),
)  # fmt: skip

VIEWS: Final = (
    A("board.filter", "/", "filter by words", "As you type; esc takes the filter away.", "/, ctrl+f"),
    A("board.add_condition", "f", "filter by a column"),
    A("board.remove_condition", "F", "take a condition of the filter away"),
    A("board.clear_filter", "\\", "clear the filter"),
    A("board.sort", "s", "sort by this column", "Up, down, and as before."),
    A("board.sort_by", "S", "sort by several columns", "The first chosen sorts first."),
    A("board.export", "X", "export this view, or the board", "CSV, JSON or a Markdown table."),
    A("board.switch_view", "t", "switch between table and kanban", "The same item stays selected."),
    A("board.choose_view", "w", "choose a saved view"),
    A("board.save_view", "W", "save this view"),
    A("board.delete_view", "g w", "delete the saved view", plain=""),
    A("board.lanes_by", "g l", "choose what the lanes are", plain="f6"),
    A("board.toggle_group", "z a, -", "collapse the group, or open it", plain="-"),
    A("board.collapse_all", "z M, _", "collapse all groups, or open them", plain="_"),
    A("board.add_group", "A", "add a group", plain="ctrl+n"),
    A("board.rename_group", "g r", "rename the group", plain="ctrl+t"),
    A("board.color_group", "g c", "give the group a colour", plain=""),
    A("board.trash_group", "g d", "put the group in the trash", plain=""),
    A("board.narrow", "<", "make the column narrower", takes=COUNT),
    A("board.widen", ">", "make the column wider", takes=COUNT),
    A("board.add_column", "c a", "add a column", plain="f7"),
    A("board.rename_column", "c r", "rename the column", plain="f8"),
    A("board.hide_column", "c h", "hide the column", plain=""),
    A("board.show_columns", "c c", "choose the columns shown", plain="f9"),
    A("board.remove_column", "c d", "remove the column", plain=""),
    A("board.card_fields", "c f", "choose what the cards show", plain="f11"),
    A("board.density", "z d", "show more or less of each card", plain="+"),
    A("board.limit_lane", "z l", "limit the cards of the lane", "More than that are marked on the kanban.",
      "f10"),
)  # fmt: skip

ITEM: Final = (
    A("item.open", "enter", "edit or open"),
    A("item.edit", "e", "edit in place", plain="f4, e"),
    A(
        "item.edit_outside",
        "E, ctrl+e",
        "write in your own editor",
        "$VISUAL or $EDITOR.",
        "ctrl+e",
    ),
    A("item.rename", "r, f2", "rename the item", plain="f2"),
    A("item.tick", "space", "tick, or not any more"),
    A("item.clear", "x, backspace", "clear the value", plain="backspace"),
    A("item.add_subitem", "o, insert", "add a subitem", plain="insert, n"),
    A("item.comment", "c", "write a comment"),
    A("item.attach", "a", "attach a file"),
    A("item.attach_link", "A", "attach a link"),
    A("item.save", "s", "save the attached file"),
    A("item.delete", "D, delete", "remove this line", plain="delete"),
    A("item.copy", "y", "copy"),
    A("item.history", "H", "show the history, or the item"),
    A("item.next", "], n", "go to the next item", plain="]", takes=COUNT),
    A("item.previous", "[, p", "go to the previous item", plain="[", takes=COUNT),
    A("item.next_section", "tab", "go to the next section"),
    A("item.previous_section", "shift+tab, (", "go to the previous section"),
    A("item.close", "escape, q", "go back", plain="escape"),
)

OTHERS: Final = (
    A("transfer.open", "enter", "change this line"),
    A("transfer.start", "ctrl+s, f5", "start"),
    A("transfer.close", "escape, q", "go back", plain="escape"),
    A("trash.restore", "enter, r", "restore", "To where it was.", "enter"),
    A("trash.filter", "/", "find by words", plain="/, ctrl+f"),
    A("trash.delete", "D, delete", "delete for good", plain="delete"),
    A("trash.empty", "E", "empty the trash"),
    A("trash.switch", "tab", "switch between trash and archive"),
    A("trash.close", "escape, q", "go back", plain="escape"),
    A("privacy.open", "enter, l", "show these records, or use this right", plain="enter"),
    A("privacy.export", "x", "export my data", "A ZIP with everything that is held about you."),
    A("privacy.filter", "/", "find by words", plain="/, ctrl+f"),
    A("privacy.close", "escape, q", "go back", plain="escape"),
    A("requests.add", "o, n", "file a request", plain="n, insert"),
    A("requests.open", "enter, l", "do something with this request", plain="enter"),
    A("requests.filter", "/", "find by words", plain="/, ctrl+f"),
    A("requests.close", "escape, q", "go back", plain="escape"),
    A("members.add", "o, n", "invite somebody, or add a name", plain="n, insert"),
    A(
        "members.open",
        "enter, l",
        "change this line",
        "Role, removal, handing over.",
        plain="enter",
    ),
    A("members.filter", "/", "find by words", plain="/, ctrl+f"),
    A("members.close", "escape, q", "go back", plain="escape"),
    A("keys.add", "o, n", "make an API key", plain="n, insert"),
    A("keys.open", "enter, l", "revoke this key", plain="enter"),
    A("keys.filter", "/", "find by words", plain="/, ctrl+f"),
    A("keys.close", "escape, q", "go back", plain="escape"),
    A("sync.open", "enter, l", "decide what becomes of this", plain="enter"),
    A("sync.now", "s", "exchange now", plain="f5"),
    A("sync.filter", "/", "find by words", plain="/, ctrl+f"),
    A("sync.close", "escape, q", "go back", plain="escape"),
    A("sharing.add", "o, n", "give somebody a place", plain="n, insert"),
    A("sharing.open", "enter, l", "change this line", plain="enter"),
    A("sharing.filter", "/", "find by words", plain="/, ctrl+f"),
    A("sharing.close", "escape, q", "go back", plain="escape"),
    A("policy.open", "enter, l", "show your records behind this sentence", plain="enter"),
    A("policy.filter", "/", "find by words", plain="/, ctrl+f"),
    A("policy.close", "escape, q", "go back", plain="escape"),
    A("audit.open", "enter, l", "show the details of this entry", plain="enter"),
    A(
        "audit.filter",
        "/",
        "find by words",
        "What was done, by whom, from which device.",
        "/, ctrl+f",
    ),
    A("audit.switch", "tab", "all, or only what is about you"),
    A(
        "audit.verify",
        "v",
        "verify the chain",
        "Names the first entry that was changed or left out.",
    ),
    A("audit.export", "x", "export the audit trail", "As JSON lines; compare it later."),
    A("audit.close", "escape, q", "go back", plain="escape"),
    A("settings.open", "enter, space", "change the setting"),
    A("settings.close", "escape, q", "go back", plain="escape"),
    A("help.filter", "/", "find by words", plain="/, ctrl+f"),
    A("help.close", "escape, q", "go back", plain="escape"),
    A("editor.save", "ctrl+s", "keep what is written"),
    A("editor.edit_outside", "ctrl+e", "write in your own editor", "$VISUAL or $EDITOR."),
    A("editor.leave", "escape", "leave"),
)

ACTIONS: Final = (
    *EVERYWHERE, *LIST, *FIRST, *HOME, *GOING, *ITEMS, *VIEWS, *ITEM, *OTHERS,
)  # fmt: skip
BY_ID: Final = {action.id: action for action in ACTIONS}
CHANGING: Final = frozenset({
    "home.add_board", "home.import", "home.rename", "home.move_down", "home.move_up", "home.duplicate",
    "home.archive", "home.trash",
    "board.edit", "board.rename", "board.clear_value", "board.repeat", "board.add_below", "board.add_above",
    "board.add_subitem", "board.move_down", "board.move_up", "board.move_to_group", "board.duplicate",
    "board.archive", "board.trash", "board.save_view", "board.delete_view", "board.add_group", "board.rename_group",
    "board.color_group", "board.trash_group", "board.add_column", "board.rename_column", "board.remove_column",
    "item.edit", "item.rename", "item.tick", "item.clear", "item.add_subitem", "item.comment", "item.attach",
    "item.attach_link", "item.delete",
})  # fmt: skip
"""What only who may change what a screen shows is offered."""


def is_offered(id: str, screen: object) -> bool:
    """Whether an action is for this person, as far as the screen knows: its `may_change`, where it has one."""
    return id not in CHANGING or bool(getattr(screen, "may_change", True))


def works_together(one: str, other: str) -> bool:
    """Whether keys of these two scopes can be pressed in the same place."""
    pair = {one, other}
    return (
        len(pair) == 1
        or "global" in pair
        or (pair <= {"board", "table", "kanban"} and "board" in pair)
        or ("list" in pair and bool(pair & set(LISTS)))
    )
