"""
Calls of a function take turns at its workers, in the order in which they came. A function has a few; it gets more only while none of
them comes back, as where each waits for a model: then as many again each time. Where calls merely come faster than they are served,
more workers would slow all of them down.
"""

import threading
import time
from collections import deque

# How long calls wait while nothing moves, before the function may have twice the workers.
STANDSTILL_SECONDS = 2


class Turns:
    """`acquire`: `(name, …, max_concurrency=) -> (worker or None, why)`; `few(name)`: how many workers a function has without need."""

    def __init__(self, acquire, release, few, standstill=STANDSTILL_SECONDS):
        self._acquire, self._release, self._few, self._standstill = acquire, release, few, standstill
        self._lock = threading.Lock()
        # By function and version: who waits, the first of them next.
        self._lines = {}
        # By function: how many workers it may have, and when one was last taken or given back.
        self._most, self._moved = {}, {}

    def acquire(self, name, config, code, **which):
        line_of = (name, which.get("qualifier"))
        turn = threading.Event()
        with self._lock:
            line = self._lines.setdefault(line_of, deque())
            line.append(turn)
            if line[0] is turn:
                turn.set()
        try:
            while True:
                if turn.wait(self._standstill / 4):
                    turn.clear()
                    leased = self._acquire(name, config, code, **which, max_concurrency=self._most_of(name))
                    if leased[0]:
                        self._note(name)
                        return leased
                self._look(name, line, turn)
        finally:
            with self._lock:
                line.remove(turn)
                if line:
                    line[0].set()

    def release(self, worker):
        self._release(worker)
        name = getattr(worker, "func_name", None)
        with self._lock:
            self._moved[name] = time.monotonic()
            # Things move again: those that came of the standstill stay, as long as they are in use.
            self._most.pop(name, None)
            for (of, _), line in self._lines.items():
                if of == name and line:
                    line[0].set()

    def _most_of(self, name):
        return self._most.get(name) or self._few(name)

    def _note(self, name):
        with self._lock:
            self._moved[name] = time.monotonic()

    def _look(self, name, line, turn):
        """The first in line looks whether anything moved."""
        with self._lock:
            if line[0] is not turn:
                return
            now = time.monotonic()
            if now - self._moved.setdefault(name, now) >= self._standstill:
                self._most[name], self._moved[name] = 2 * self._most_of(name), now
                turn.set()
