"""
Saves what the emulator holds while it runs: by itself it saves at a clean stop alone. A snapshot is a folder of the form that
it loads at its start (`snapshot_folder.py`), made whole under another name and then renamed; `snapshots.ts` takes the newest at the
next start.
"""

import asyncio
import copy
import gc
import json
import os
import re
import shutil
import signal
import sys
import threading
import time
import traceback
import warnings
from types import SimpleNamespace

from ministack import app as emulator
from ministack.services import cloudformation, dynamodb
from snapshot_folder import restore_streams, size_of, sync, write

FOLDER = os.environ.get("SIGNALBOX_SNAPSHOTS", "")
# With the time that one takes, less than fifteen seconds.
EVERY_SECONDS = 8
# Where much is kept, one takes longer: no more than a fourth of one core's time is spent on them.
REST = 4
# Nothing of ours takes so long: the copy of this process waits for a lock that nobody holds there.
MOST_SECONDS = 60
# What changes as the application works (`WORKING` in the folder's file), as requests are signed.
WORKING_SERVICES = {"dynamodb", "sqs", "states", "logs", "monitoring", "ses", "s3", "events"}
SIGNED_FOR = re.compile(rb"(?:/|%2F)([a-z0-9-]+)(?:/|%2F)aws4_request", re.IGNORECASE)
READS = ("Get", "List", "Describe", "Query", "Scan", "BatchGet", "TransactGet", "Receive", "Filter")
# What an invocation changes, the function changes by requests of its own.
OF_NO_CHANGE = re.compile(r"/_aws/execute-api/|/_signalbox/|/_ministack/(?!reset)|/2015-03-31/functions/[^/]+/invocations")

NOTHING, WORK, ANYTHING = 0, 1, 2


def operation_of(scope):
    target = dict(scope["headers"]).get(b"x-amz-target", b"").decode("latin-1")
    return target.rpartition(".")[2]


def change_of(scope):
    """How much of the state a request may change."""
    if scope["method"] in ("GET", "HEAD", "OPTIONS") or OF_NO_CHANGE.match(scope["path"]):
        return NOTHING
    headers = dict(scope["headers"])
    if operation_of(scope).startswith(READS):
        return NOTHING
    signed = SIGNED_FOR.search(headers.get(b"authorization", b"") or scope["query_string"])
    return WORK if signed and signed[1].decode() in WORKING_SERVICES else ANYTHING


class Keeper:
    """Takes snapshots when something has changed."""

    def __init__(self, folder):
        self.folder = folder
        self.number = max((int(name) for name in os.listdir(folder) if name.isdigit()), default=0)
        self.last = os.path.join(folder, str(self.number)) if self.number else None
        self.changed = NOTHING
        self.begun = 0.0
        self.busy = threading.Lock()
        self.loop = None
        self.waiting = None
        self.took = {"snapshots": 0, "pauseMs": 0, "seconds": 0, "bytes": 0, "lastChange": ""}

    def note(self, change, what=""):
        self.took["lastChange"] = what or self.took["lastChange"]
        if change > self.changed:
            if self.changed == NOTHING:
                open(os.path.join(self.folder, f"{self.number}.changed"), "w").close()
            self.changed = change

    def in_the_background(self):
        while True:
            time.sleep(1)
            if self.changed and time.monotonic() - self.begun >= self.pause():
                try:
                    self.take()
                except Exception as fault:  # Said, and tried again.
                    print(f"snapshot: {fault!r}", file=sys.stderr, flush=True)

    def pause(self):
        return max(EVERY_SECONDS, REST * self.took["seconds"])

    def take(self):
        """From any thread but that of the requests. Returns whether the newest snapshot holds what there was."""
        with self.busy:
            if not self.changed and self.last:
                return True
            self.begun = time.monotonic()
            done = threading.Event()
            copied = SimpleNamespace(pid=0, fault=None)
            self.waiting = (copied, done)
            self.loop.call_soon_threadsafe(self._copy_what_waits)
            done.wait()
            if copied.fault:
                raise copied.fault
            if not copied.pid:
                return False
            code = wait_for(copied.pid)
            self._conclude(copied, code)
            return True

    def _copy_what_waits(self):
        waiting, self.waiting = self.waiting, None
        if waiting:
            self._copy(*waiting)

    def _copy(self, copied, done):
        """Between two requests: the copy of this process holds the state of this instant."""
        start = time.perf_counter()
        try:
            if is_deploying():
                return
            copied.everything = self.changed == ANYTHING or not self.last
            copied.number = self.number + 1
            copied.part = f"{os.path.join(self.folder, str(copied.number))}.part"
            pid = os.fork()
            if pid == 0:
                in_the_copy(copied.part, self.last, copied.everything)
            copied.pid, copied.before = pid, self.changed
            self.number, self.changed = copied.number, NOTHING
        except Exception as fault:
            copied.fault = fault
        finally:
            self.took["pauseMs"] = round(1000 * (time.perf_counter() - start), 1)
            done.set()

    def _conclude(self, copied, code):
        if code != 0:
            shutil.rmtree(copied.part, ignore_errors=True)
            # The last whole one is still the newest, and what it lacks is still to be saved.
            self.note(copied.before)
            self.changed = max(self.changed, copied.before)
            raise RuntimeError(f"the copy ended with {code}; the snapshot before it stays")
        self.take_over(copied.part)
        self.took.update(
            snapshots=self.took["snapshots"] + 1,
            seconds=round(time.monotonic() - self.begun, 2),
            bytes=size_of(os.path.join(self.last, "state")),
        )

    def take_over(self, part):
        whole = part.removesuffix(".part")
        os.rename(part, whole)
        sync(self.folder)
        self.last = whole
        for name in os.listdir(self.folder):
            number = name.partition(".")[0]
            if number.isdigit() and int(number) < int(os.path.basename(whole)):
                path = os.path.join(self.folder, name)
                shutil.rmtree(path, ignore_errors=True) if os.path.isdir(path) else os.remove(path)

    def at_the_stop(self, _=None):
        """Nothing is served any more. In the middle of a deployment the snapshot before it stays."""
        # One that is being taken wants this thread, too.
        while not self.busy.acquire(timeout=0.05):
            self._copy_what_waits()
        try:
            if is_deploying() or not (self.changed or not self.last):
                return
            self.number += 1
            part = f"{os.path.join(self.folder, str(self.number))}.part"
            everything = self.changed == ANYTHING or not self.last
            if not hasattr(os, "fork"):
                write(part, self.last, everything)
            # What still runs here changes nothing there.
            elif (pid := os.fork()) == 0:
                in_the_copy(part, self.last, everything)
            elif (code := wait_for(pid)) != 0:
                raise RuntimeError(f"the last snapshot ended with {code}; the one before it stays")
            self.take_over(part)
            self.changed = NOTHING
        finally:
            self.busy.release()


def is_deploying():
    return any(stack["StackStatus"].endswith("_IN_PROGRESS") for stack in cloudformation._stacks._data.values())


def in_the_copy(part, last, everything):
    """Never returns. The copy has this one thread; what it holds open belongs to the process it was copied from."""
    code = 1
    try:
        os.closerange(3, 1 << 20)
        os.nice(5)
        gc.disable()
        # Whatever it does to the state, nobody sees.
        copy.deepcopy = lambda value, memo=None: value
        dynamodb.copy = copy
        write(part, last, everything)
        code = 0
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def wait_for(pid):
    deadline = time.monotonic() + MOST_SECONDS
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)


def start():
    """Called before the emulator serves. Without a folder it saves at a clean stop alone, as ever."""
    restore_streams()
    if not FOLDER:
        return
    os.makedirs(FOLDER, exist_ok=True)
    # The copy has no other thread, on purpose.
    warnings.filterwarnings("ignore", category=DeprecationWarning, message=".*fork.*")
    keeper = Keeper(FOLDER)
    serve = emulator.app

    async def app(scope, receive, send):
        if scope["type"] != "http":
            if hasattr(os, "fork"):
                keeper.loop = asyncio.get_running_loop()
            await serve(scope, receive, send)
            return
        if scope["path"] == "/_signalbox/snapshot":
            await answer(keeper, scope["method"], send)
            return
        change = change_of(scope)
        if change:
            # No path: it may hold the name of an object.
            keeper.note(change, operation_of(scope) or scope["method"])
        await serve(scope, receive, send)
        if change:
            keeper.note(change)

    emulator.app = app
    emulator.save_all = keeper.at_the_stop
    if hasattr(os, "fork"):
        threading.Thread(target=keeper.in_the_background, daemon=True, name="signalbox-snapshots").start()


async def answer(keeper, method, send):
    """`POST` takes one now, `GET` says what the last one took."""
    status, fault = 200, None
    if method == "POST" and keeper.loop:
        try:
            fault = None if await asyncio.to_thread(keeper.take) else "a stack is being deployed"
        except Exception as error:
            fault = str(error)
        status = 200 if fault is None else 503
    body = json.dumps({**keeper.took, **({"fault": fault} if fault else {})}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
