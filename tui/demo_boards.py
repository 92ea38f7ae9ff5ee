"""What is on the sample boards: plain data, in the words of a small product company."""

from typing import Final

from tui.demo import SampleBoard as Board
from tui.demo import SampleColumn as Column
from tui.demo import SampleItem as Item

PEOPLE: Final = (
    "Product manager", "Design lead", "Backend engineer", "App engineer", "Marketing lead",
    "Support lead", "Recruiter", "Data analyst",
)  # fmt: skip

_WORK: Final = (
    ("To do", "grey"), ("Working on it", "orange"), ("In review", "blue"), ("Stuck", "red"),
    ("*Done", "green"),
)  # fmt: skip

_ROADMAP: Final = Board(
    name="Product roadmap",
    noun="feature",
    description="What we build, in the order in which we build it.",
    columns=(
        Column("status", "Status", _WORK),
        Column("people", "Owner"),
        Column("date", "Due"),
        Column("status", "Priority", (("Critical", "red"), ("High", "orange"), ("Medium", "yellow"), ("Low", "grey"))),
        Column("number", "Days", settings={"unit": "d"}),
        Column("tags", "Area", (("app", "purple"), ("server", "indigo"), ("search", "teal"), ("access", "pink"), ("speed", "lime"))),
        Column("checkbox", "Announced"),
        Column("link", "Spec"),
        Column("text", "Note"),
        Column("long_text", "Brief"),
    ),
    groups=(
        ("Now", "green", (
            Item("Search across all boards", ("Working on it", "Backend engineer", "2", "Critical", "8", "search, server", "", "https://example.org/specs/search", "Index is ready"),
                 (Item("Index names and values", ("Done", "Backend engineer", "-6", "", "3")),
                  Item("Rank by freshness", ("Working on it", "Backend engineer", "1", "", "2")),
                  Item("Show matches in place", ("To do", "App engineer", "2", "", "3"))),
                 ("First results in 40 ms on the large board.", "Ranking by freshness feels right. Keep it."),
                 "https://example.org/specs/search"),
            Item("Keyboard shortcuts for every action", ("In review", "App engineer, Design lead", "0", "High", "5", "app, access", "yes", "https://example.org/specs/keys", "", "Every action has a name, a key and a place in the palette.\nKeys can be changed; a conflict is told at once.")),
            Item("Offline editing", ("Working on it", "Backend engineer, App engineer", "9", "Critical", "13", "app, server", "", "https://example.org/specs/offline"),
                 (Item("Queue of waiting changes", ("Done", "Backend engineer", "-3", "", "5")),
                  Item("Say what was refused, and why", ("Working on it", "App engineer", "6", "", "3")))),
            Item("Open a board of 100,000 items at once", ("Done", "Backend engineer", "-4", "High", "6", "speed", "yes", "", "Measured: 90 ms")),
            Item("Import from spreadsheets", ("Stuck", "Data analyst", "-1", "High", "4", "app", "", "", "Waiting for sample files"),
                 (), ("Two customers promised files for Monday.",)),
        )),
        ("Next", "blue", (
            Item("Saved views that a team shares", ("To do", "Product manager, Design lead", "16", "High", "5", "app", "", "https://example.org/specs/views")),
            Item("Colour-blind safe labels", ("To do", "Design lead", "18", "Medium", "3", "access, app")),
            Item("Repeating items", ("To do", "Backend engineer", "24", "Medium", "5", "server")),
            Item("Comments with attachments", ("To do", "App engineer", "27", "Medium", "4", "app")),
            Item("Undo that survives a restart", ("In review", "Backend engineer", "12", "High", "6", "server", "", "", "Needs one more test")),
            Item("Print a board", ("To do", "", "34", "Low", "2", "app")),
        )),
        ("Later", "purple", (
            Item("Calendar view", ("To do", "Design lead", "60", "Medium", "8", "app")),
            Item("Formula columns", ("To do", "", "75", "Medium", "10", "server, app")),
            Item("Read a board aloud", ("To do", "Design lead", "80", "Low", "6", "access")),
            Item("Webhooks", ("To do", "Backend engineer", "90", "Low", "5", "server")),
        )),
        ("Shipped", "grey", (
            Item("Dark and light themes", ("Done", "Design lead", "-20", "Medium", "3", "app, access", "yes")),
            Item("Encrypted workspace", ("Done", "Backend engineer", "-26", "Critical", "9", "server", "yes", "https://example.org/specs/encryption")),
            Item("Kanban with lanes by person", ("Done", "App engineer", "-33", "High", "7", "app", "yes")),
            Item("Trash with restore for 30 days", ("Done", "App engineer", "-41", "High", "3", "app", "yes")),
        )),
    ),
    kanban="Status",
    sorted_by="Due",
)  # fmt: skip

_LAUNCH: Final = Board(
    name="Website launch",
    noun="task",
    description="Everything that has to be true on the day the new site goes out.",
    columns=(
        Column("status", "Status", _WORK),
        Column("people", "Person"),
        Column("date", "Due"),
        Column("number", "Budget", settings={"unit": "€", "thousands": True, "decimals": 0}),
        Column("tags", "Channel", (("web", "blue"), ("mail", "teal"), ("print", "brown"), ("social", "pink"), ("press", "yellow"))),
        Column("checkbox", "Approved"),
        Column("link", "Draft"),
    ),
    groups=(
        ("Content", "orange", (
            Item("Home page text", ("Done", "Marketing lead", "-8", "1200", "web", "yes", "https://example.org/draft/home")),
            Item("Pricing page", ("In review", "Marketing lead, Product manager", "1", "600", "web", "", "https://example.org/draft/pricing"),
                 (Item("Compare with last year", ("Done", "Data analyst", "-2")), Item("Legal check of the small print", ("Working on it", "Product manager", "1"))),
                 ("The yearly price needs its own line.",)),
            Item("Customer stories", ("Working on it", "Support lead", "5", "2400", "web, social")),
            Item("Press release", ("To do", "Marketing lead", "8", "300", "press, mail")),
            Item("Photos of the new office", ("Stuck", "Design lead", "-2", "950", "press, social", "", ""), (), ("The photographer moved the date twice.",)),
        )),
        ("Design", "purple", (
            Item("Page templates", ("Done", "Design lead", "-12", "3800", "web", "yes")),
            Item("Illustrations", ("Working on it", "Design lead", "3", "2100", "web, print")),
            Item("Icons that work in one colour", ("In review", "Design lead", "2", "", "web, print", "yes")),
            Item("Poster for the launch party", ("To do", "Design lead", "11", "480", "print")),
        )),
        ("Technology", "blue", (
            Item("Move the domain", ("To do", "Backend engineer", "13", "40", "web")),
            Item("Redirects from old addresses", ("Working on it", "Backend engineer", "6", "", "web")),
            Item("Load test", ("To do", "Backend engineer", "10", "250", "web"), (Item("1,000 visitors at once"), Item("10,000 visitors at once"))),
            Item("Accessibility audit", ("Working on it", "App engineer", "4", "1500", "web", "yes", "https://example.org/draft/audit")),
            Item("Backup and restore rehearsed", ("Done", "Backend engineer", "-5", "", "web", "yes")),
        )),
        ("Launch day", "red", (
            Item("Newsletter to 12,000 readers", ("To do", "Marketing lead", "14", "900", "mail")),
            Item("Everyone on call knows the plan", ("To do", "Support lead", "13")),
            Item("Switch over at 9:00", ("To do", "Backend engineer", "14", "", "web")),
            Item("Cake", ("To do", "", "14", "120")),
        )),
    ),
    kanban="Status",
    sorted_by="Due",
)  # fmt: skip

_TEAM: Final = Board(
    name="Team tasks",
    noun="task",
    description="The small things of this week, one lane for each of us.",
    columns=(
        Column("status", "Status", _WORK),
        Column("people", "Who"),
        Column("date", "Due"),
        Column("tags", "Kind", (("office", "brown"), ("money", "green"), ("people", "pink"), ("customers", "blue"))),
        Column("number", "Hours", settings={"unit": "h", "decimals": 1}),
        Column("text", "Note"),
    ),
    groups=(
        ("This week", "teal", (
            Item("Prepare the Monday meeting", ("Done", "Product manager", "-1", "people", "1")),
            Item("Answer the two long support threads", ("Working on it", "Support lead", "0", "customers", "3", "Both wait since Thursday"),
                 (Item("Thread about exports", ("Working on it", "Support lead", "0")), Item("Thread about invoices", ("To do", "Support lead", "1")))),
            Item("Budget for the first quarter", ("In review", "Product manager, Data analyst", "2", "money", "6"), (), ("Travel looks too low to me.",)),
            Item("Order two standing desks", ("To do", "You", "1", "office, money", "0.5")),
            Item("Plan the team day", ("Working on it", "You, Recruiter", "3", "people", "2", "Museum or boat?")),
            Item("Renew the certificates", ("Stuck", "Backend engineer", "-3", "", "1", "The provider does not answer")),
        )),
        ("Next week", "indigo", (
            Item("Quarterly numbers for the board", ("To do", "Data analyst", "9", "money", "8")),
            Item("Interview training", ("To do", "Recruiter", "8", "people", "3")),
            Item("Sort the shelf with the old devices", ("To do", "", "11", "office", "1.5")),
            Item("Call five customers who left", ("To do", "Support lead, Product manager", "10", "customers", "5")),
        )),
        ("Some day", "grey", (
            Item("A better coffee machine", ("To do", "You", "", "office, money", "")),
            Item("Write down how releases are made", ("To do", "App engineer", "", "", "4")),
        )),
    ),
    kanban="Who",
)  # fmt: skip

_HIRING: Final = Board(
    name="Hiring pipeline",
    noun="candidate",
    description="Open positions and where each candidate stands. Sample data: nobody is real.",
    columns=(
        Column("status", "Stage", (("New", "grey"), ("Screening", "blue"), ("Interview", "purple"), ("Offer", "orange"), ("*Hired", "green"), ("*Declined", "brown"))),
        Column("people", "Interviewer"),
        Column("date", "Next step"),
        Column("number", "Score", settings={"decimals": 1}),
        Column("tags", "Skills", (("python", "blue"), ("design", "pink"), ("sql", "teal"), ("writing", "yellow"), ("leading", "purple"))),
        Column("checkbox", "Remote"),
        Column("link", "Portfolio"),
        Column("long_text", "Impression"),
    ),
    groups=(
        ("Senior app engineer", "blue", (
            Item("Candidate A-01", ("Interview", "App engineer", "1", "4.5", "python, sql", "yes", "https://example.org/portfolio/a01", "Explained trade-offs clearly.\nAsked about testing before we did."),
                 (Item("Technical talk", ("Interview", "App engineer", "1")), Item("Meet the team", ("New", "Recruiter", "4"))),
                 ("Strong. Let us not be slow here.",)),
            Item("Candidate A-02", ("Screening", "Recruiter", "2", "", "python", "yes")),
            Item("Candidate A-03", ("Offer", "Product manager", "0", "4.8", "python, leading", "", "", "The offer is out; answer due today.")),
            Item("Candidate A-04", ("Declined", "App engineer", "-9", "2.5", "python", "yes")),
        )),
        ("Product designer", "pink", (
            Item("Candidate B-01", ("Interview", "Design lead", "3", "4.0", "design, writing", "", "https://example.org/portfolio/b01")),
            Item("Candidate B-02", ("New", "", "", "", "design", "yes", "https://example.org/portfolio/b02")),
            Item("Candidate B-03", ("Hired", "Design lead", "-15", "4.9", "design, leading", "yes")),
        )),
        ("Data analyst", "teal", (
            Item("Candidate C-01", ("Screening", "Data analyst", "5", "3.5", "sql, writing")),
            Item("Candidate C-02", ("New", "Recruiter", "6", "", "sql, python", "yes")),
        )),
    ),
    kanban="Stage",
)  # fmt: skip

BOARDS: Final = (_ROADMAP, _LAUNCH, _TEAM, _HIRING)
