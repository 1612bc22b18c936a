"""
Starts the emulator with what it has no settings for: it saves its state while it runs, forgets what it keeps for a day or for
ever and nobody reads again, copies rows quickly, tells streams of PartiQL's rows, and serves clients of a queue fairly. The names are those of the version that local/python.ts pins.
"""

import copy
import gc
import marshal
import os
import queue
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

# No folder of compiled files in the repository.
sys.dont_write_bytecode = True
sys.path[0] = os.path.dirname(os.path.abspath(__file__))
import fair_queue  # noqa: E402
import snapshots  # noqa: E402
import worker_turns  # noqa: E402

sys.dont_write_bytecode = False
# The folder of this file holds none of the emulator's modules.
sys.path.pop(0)

from ministack.app import main  # noqa: E402
from ministack.core import lambda_runtime  # noqa: E402
from ministack.core.lambda_runtime import Worker  # noqa: E402
from ministack.services import cloudwatch, cloudwatch_logs, dynamodb, eventbridge, lambda_svc, sqs, stepfunctions  # noqa: E402

EVERY_SECONDS = 30
# Of each kind, the latest: invocations in a log group, points of a metric, runs that have ended, events.
KEPT = int(os.environ.get("SIGNALBOX_EMULATOR_KEEPS", "500"))

# Both images of every change, for a day: most of what a long session grew by. A reader is seconds behind.
assert dynamodb._STREAM_RETENTION_SECONDS > 300
dynamodb._STREAM_RETENTION_SECONDS = 300


def copied(value):
    """Rows are plain values. The copier for everything took half of each call."""
    try:
        return marshal.loads(marshal.dumps(value))
    except ValueError:  # It is none of those.
        return copy.deepcopy(value)


dynamodb.copy = SimpleNamespace(copy=copy.copy, deepcopy=copied)


def told(insert):
    """A row that PartiQL inserts is in the table's stream as any other; the emulator writes it there for no statement."""

    def inserting(table, parsed):
        answer = insert(table, parsed)
        if answer[0] == 200:
            item = parsed["item"]
            row = item["M"] if set(item) == {"M"} else item
            dynamodb._emit_stream_event(parsed["table"], "INSERT", None, row)
        return answer

    return inserting


assert "_emit_stream_event" not in dynamodb._partiql_insert.__code__.co_names
dynamodb._partiql_insert = told(dynamodb._partiql_insert)


# What `worker-preload.cjs` writes behind the log of each invocation.
END_OF_LOG = "\x04"


def log_of_invocation(worker):
    """Without it the emulator looks each millisecond until five have passed in silence, or fifty where nothing was logged."""
    lines = []
    try:
        while (line := worker._stderr_queue.get(timeout=0.05)) != END_OF_LOG:
            lines.append(line)
    except queue.Empty:  # It died, or is no Node.js.
        pass
    return "\n".join(lines)


assert Worker._drain_stderr_bounded
Worker._drain_stderr_bounded = log_of_invocation


class InItsMemory(subprocess.Popen):
    """A function of Node.js, with a heap that fits into its memory, as in Lambda: left alone, it is swept when it has gigabytes."""

    def __init__(self, *args, env=None, **rest):
        memory = int((env or {}).get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", 0))
        if memory:
            heap = f"--max-old-space-size={memory * 9 // 10} --max-semi-space-size={max(1, memory // 20)}"
            env = {**env, "NODE_OPTIONS": f"{env.get('NODE_OPTIONS', '')} {heap}"}
        super().__init__(*args, env=env, **rest)


assert lambda_runtime.subprocess is subprocess
lambda_runtime.subprocess = SimpleNamespace(**{**vars(subprocess), "Popen": InItsMemory})


# A worker takes a third of a second of a core to start, and 50 MB: fifty posts at once are served sooner by a few.
WORKERS_OF_A_FUNCTION = max(4, 2 * (os.cpu_count() or 1))
# Of one that is not ours: it may wait for a model with each of them. bench:throughput compares with such.
WORKERS_OF_ANOTHER = 24


# More of one that thinks: urgent items have a queue of their own, and in AWS no batch of theirs waits for an instance.
WORKERS_FOR_URGENT = 2


def few(func_name):
    if not func_name.startswith("Signalbox-"):
        return WORKERS_OF_ANOTHER
    return WORKERS_OF_A_FUNCTION + (WORKERS_FOR_URGENT if "-process" in func_name else 0)


turns = worker_turns.Turns(lambda_svc.acquire_worker, lambda_svc.release_worker, few)
lambda_svc.acquire_worker, lambda_svc.release_worker = turns.acquire, turns.release


sqs._collect_msgs = fair_queue.collecting(sqs._collect_msgs, sqs._ensure_msg_fields, sqs.new_uuid)


def oldest_first(kept, is_over=lambda value: True):
    """Of a dictionary in the order of arrival, what goes."""
    over = [key for key, value in list(kept.items()) if is_over(value)]
    return over[: max(0, len(over) - KEPT)]


def tidy():
    for group in list(cloudwatch_logs._log_groups._data.values()):
        for name in oldest_first(group["streams"]):
            group["streams"].pop(name, None)
    runs = stepfunctions._executions._data
    for arn in oldest_first(runs, lambda run: run["status"] != "RUNNING"):
        runs.pop(arn, None)
    for lists in (cloudwatch._metrics, eventbridge._events_log):
        for entries in list(lists._data.values()):
            del entries[:-KEPT]


def tidy_now_and_then():
    while True:
        time.sleep(EVERY_SECONDS)
        try:
            tidy()
        except Exception as fault:  # Said, and tried again: no work depends on it.
            print(f"tidying: {fault!r}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    # Each request makes thousands of short-lived objects; the collector took a fifth of its time.
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    threading.Thread(target=tidy_now_and_then, daemon=True, name="signalbox-tidy").start()
    snapshots.start()
    main()
