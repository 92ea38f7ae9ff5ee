"""Breaks the rules of sync one by one, in a copy of the sources, and says which test notices.

Run as `python -m tests.mutants [NAME …]`; it takes some minutes. A mutant that lives is a rule that no test holds
(docs/sync-model.md has the last table).
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parent.parent
PARTS: Final = ("engine", "sync", "tui", "tests", "bench", "pyproject.toml", "conneqtos.tcss")
TESTS: Final = ("tests/engine/syncing", "tests/sync/client", "tests/engine/store/test_session.py")
LIVES: Final = "60"


class Mutant(NamedTuple):
    """`old` stands once in the file, and `new` breaks the rule."""

    name: str
    rule: str
    file: str
    old: str
    new: str


MUTANTS: Final = (
    Mutant("unlocked-head", "R1 seq is commit order", "engine/store/deeds.py",
           "Prepared(_HEAD.with_for_update())", "Prepared(_HEAD)"),
    Mutant("verdict-apart", "R2 a command's effects come together", "engine/store/pushing.py",
           "            write_verdict(self._connection, self._actor.organization_id, device.id, ack)\n", ""),
    Mutant("run-twice", "R3 a number is decided once", "engine/store/pushing.py",
           "if sent.n <= last_n:", "if False:"),
    Mutant("unknown-again", "R3 a command is known by its id", "engine/store/pushing.py",
           "ack = self._earlier(sent, device) or self._run(device, sent, at)", "ack = self._run(device, sent, at)"),
    Mutant("ack-by-number", "R4 numbers and ids must both fit", "engine/store/rebasing.py",
           "if ack.id != one.command.id:", "if False:"),
    Mutant("fork-unseen", "R4 the server sees a copied device", "engine/store/pushing.py",
           "return last is not None and last.id == self._push.after_id", "return True"),
    Mutant("no-shadows", "R5 the server's images come back first", "engine/store/intake.py",
           "        images = take_shadows(self._connection, self._organization_id)\n",
           "        images = take_shadows(self._connection, self._organization_id)[:0]\n"),
    Mutant("kept-scope", "R5 what one may not see any more goes", "engine/store/rebasing.py",
           "        self.intake.drop_scopes(scopes)\n", ""),
    Mutant("no-gone", "R5 what was deleted is told", "engine/store/pulling.py",
           "if reading.find(kinds[entity], entity_id) is None:  # it may have", "if False:  # it may have"),
    Mutant("cursor-ahead", "R5 cursor and rows come together", "engine/store/rebasing.py",
           "dict.fromkeys(head.answered, head.seq)", "dict.fromkeys(head.answered, head.seq + 1)"),
    Mutant("not-again", "R5 what waits is run again", "engine/store/rebasing.py",
           "            trouble = self.again(one.command, state)\n", '            trouble = ""\n'),
    Mutant("lost-on-fault", "R6 transport is no verdict", "sync/client/loop.py",
           "            await self._failed(str(error))\n        except Exception as error:  # a fault must",
           "            for one in await self._device.waiting():\n"
           "                await self._device.file_refused(one.command.id, 'x', str(error))\n"
           "            await self._device.fork()\n            return False\n"
           "        except Exception as error:  # a fault must"),
    Mutant("not-held", "R7 nothing vanishes", "engine/store/waiting.py",
           "        hold(connection, organization_id, kept, ack.code, ack.reason, now)\n", "        pass\n"),
    Mutant("own-rival", "R8 one's own earlier edit is no rival", "engine/store/concurrency.py",
           "history.c.replica_id != self.replica_id", "history.c.replica_id != ''"),
    Mutant("earlier-wins", "R9 the later value stands", "engine/store/concurrency.py",
           "lost = unit.now < rival.at", "lost = unit.now > rival.at"),
    Mutant("wrong-clock", "R9 times are corrected by the push", "engine/store/pushing.py",
           "sent.at + self._now - self._push.sent_at", "sent.at"),
    Mutant("every-board", "R10 who may read is asked at each pull", "engine/store/reading.py",
           "        if place is None:\n            return None\n",
           "        if place is None:\n            return Role.VIEWER\n"),
    Mutant("others-device", "R10 a device is one person's", "engine/store/pushing.py",
           "if device.member_id != self._actor.user_id:", "if False:"),
    Mutant("erased-comes-back", "R12 what was given before an erasure is refused", "engine/store/pushing.py",
           "if erased and erased.meets(unit.touched_by_name, sent.arguments):", "if False:"),
    Mutant("device-remembers", "R12 devices forget the erased", "engine/store/rebasing.py",
           "            forget_everywhere(self._connection, self._organization_id, erased)\n", "            pass\n"),
    Mutant("anew-remembers", "R12 also where everything is read anew", "engine/store/pulling.py",
           "oldest = UNREAD if unsure else", "oldest ="),
    Mutant("later-words-go", "R12 what was given after an erasure stays", "engine/store/pulling.py",
           "pull.forgot if unsure else ()", "()"),
    Mutant("removed-remembered", "what was removed for good is forgotten", "engine/store/rebasing.py",
           "forget_removed(self._connection, self._organization_id, removed)", "pass"),
    Mutant("lost-board-words", "R5 a lost board leaves no word", "engine/store/rebasing.py",
           '            forget_board(self._connection, self._organization_id, scope.partition(":")[2])\n',
           "            pass\n"),
    Mutant("anew-keeps-lost", "R5 also where everything is read anew", "engine/store/rebasing.py",
           "lost = (self.intake.boards_here() | seqs.keys())", "lost = (seqs.keys())"),
    Mutant("left-unsaid", "R5 what went to another board is told", "engine/store/pulling.py",
           'yield ("left", entity, entity_id, id)', "pass"),
    Mutant("others-verdicts", "R10 nobody reads another's verdicts", "engine/store/replicas.py",
           "if device is None or device.member_id != member_id:", "if device is None:"),
    Mutant("restored-unseen", "a push shows that the server went back", "engine/store/pushing.py",
           "self._push.seen > self._state.seq", "False"),
    Mutant("fork-forgets", "a device of its own offers what was taken", "engine/store/linking.py",
           "return [*taken, *(one.command for one in waiting(connection, organization_id))]",
           "return [*(one.command for one in waiting(connection, organization_id))]"),
    Mutant("journal-by-given", "the journal is kept from when it was taken", "engine/store/waiting.py",
           "else_=journal.c.taken_at", "else_=journal.c.at"),
    Mutant("verdicts-in-part", "R4 verdicts come with all that they changed", "engine/store/pulling.py",
           "acks=_acks(reading, pull) if scopes.keys() <= set(wanted) else (),", "acks=_acks(reading, pull),"),
    Mutant("anew-has-seen", "R8 what is read anew has not seen more", "engine/store/waiting.py",
           "return {scope: abs(seq) for scope, seq in _written(connection, organization_id)}",
           "return cursors(connection, organization_id)"),
    Mutant("fork-competes", "R8 one's own edits stay one's own", "engine/store/pushing.py",
           "            count_as_made_by(self._connection, self._actor, sent.id, device.id)\n", ""),
    Mutant("undo-keeps-words", "R12 an undo names things by what it found", "engine/store/forgetting.py",
           " or not ids.isdisjoint(_parts(row.was))", ""),
    Mutant("pages-stay", "R5 what left is in no page of the file", "engine/store/rebasing.py",
           "if erased or lost or self.intake.removed or self.intake.left:", "if erased or lost:"),
    Mutant("anew-untold", "what was removed is told to who reads anew", "engine/store/pulling.py",
           "had = max(since, pull.had.get(scope, UNREAD))", "had = since"),
    Mutant("keys-late", "R5 what has nothing to stand on stops no pull", "engine/store/rebasing.py",
           "        self.intake.end()\n", ""),
    Mutant("greeting-hides", "a greeting tells no more than was known", "engine/store/waiting.py",
           "link.c.forgotten.between(1, seq)", "link.c.forgotten != 0"),
)  # fmt: skip


def main() -> int:
    wanted = set(sys.argv[1:])
    alive = []
    for mutant in MUTANTS:
        if wanted and mutant.name not in wanted:
            continue
        noticed = tried(mutant)
        print(f"| {mutant.name} | {mutant.rule} | {noticed or 'LIVES'} |", flush=True)
        if not noticed:
            alive.append(mutant.name)
    return len(alive)


def tried(mutant: Mutant) -> str:
    """The first test that notices, "" for none."""
    with tempfile.TemporaryDirectory(prefix="conneqtos-mutant-") as folder:
        for part in PARTS:
            source = ROOT / part
            copy = shutil.copytree if source.is_dir() else shutil.copy
            copy(source, Path(folder) / part)
        file = Path(folder) / mutant.file
        text = file.read_text()
        assert text.count(mutant.old) == 1, f"{mutant.name}: {text.count(mutant.old)} places"
        file.write_text(text.replace(mutant.old, mutant.new))
        environment = {**os.environ, "PYTHONPATH": folder, "CONNEQTOS_LIVES": LIVES}
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-n", "2", *TESTS],
            cwd=folder, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
    failed = [
        line
        for line in done.stdout.splitlines()
        if line.startswith(("FAILED tests", "ERROR tests"))
    ]
    return failed[0].split(" - ")[0].partition(" ")[2].rpartition("/")[2] if failed else ""


if __name__ == "__main__":
    sys.exit(main())
