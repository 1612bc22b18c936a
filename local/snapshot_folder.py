"""
A snapshot of the emulator's state as a folder.

    snapshots/12/state/*.json       as the emulator writes them
    snapshots/12/state/streams.bin  the changes of the tables that may not have been delivered
    snapshots/12/s3/                hard links: the emulator replaces a file and never changes one
    snapshots/12.changed            there since the first change after that snapshot
"""

import json
import marshal
import os
import sys
import time

from ministack import app as emulator
from ministack.core import persistence
from ministack.services import dynamodb, lambda_svc

# Of the deployed application this changes as it works; the rest only by deployments and by hand.
WORKING = {"dynamodb", "sqs", "stepfunctions", "cloudwatch_logs", "cloudwatch", "ses", "ses_v2", "s3", "eventbridge"}


def write(part, last, everything):
    now = time.time()
    state = os.path.join(part, "state")
    os.makedirs(state)
    before = last and os.path.join(last, "state")
    blobs = "lambda-blobs"
    if before and os.path.isdir(os.path.join(before, blobs)):
        link_tree(os.path.join(before, blobs), os.path.join(state, blobs))
    lambda_svc.CODE_BLOB_DIR = os.path.join(state, blobs)
    for key, get_state in emulator._build_persistence_save_dict().items():
        name = f"{key}.json"
        if not everything and key not in WORKING and os.path.exists(os.path.join(before, name)):
            os.link(os.path.join(before, name), os.path.join(state, name))
            continue
        payload = get_state()
        if payload is not None:
            version = persistence._state_format_version(key)
            text = json.dumps(
                {"__ministack_format__": version, "payload": payload}, default=persistence._json_default
            )
            put(os.path.join(state, name), text.encode())
    put(os.path.join(state, "streams.bin"), marshal.dumps(dynamodb._stream_records._data))
    link_tree(os.environ["S3_DATA_DIR"], os.path.join(part, "s3"))
    sync(state)
    # For `whatIsMissing`: what came later is not in it.
    os.utime(part, (now, now))
    sync(part)


def restore_streams():
    """The emulator saves its tables and not the changes that are still to be delivered. Their age begins anew: none is forgotten unread."""
    path = os.path.join(persistence.STATE_DIR, "streams.bin")
    try:
        with open(path, "rb") as file:
            records = marshal.load(file)
    except FileNotFoundError:
        return
    except (ValueError, EOFError, TypeError) as fault:  # Of another Python.
        print(f"changes of tables are not restored: {fault!r}", file=sys.stderr, flush=True)
        return
    for entries in records.values():
        for record in entries:
            record["dynamodb"]["ApproximateCreationDateTime"] = int(time.time())
    dynamodb._stream_records._data.update(records)


def put(path, data):
    with open(path, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync(folder):
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def link_tree(source, target):
    os.makedirs(target, exist_ok=True)
    with os.scandir(source) as entries:
        for entry in entries:
            path = os.path.join(target, entry.name)
            try:
                link_tree(entry.path, path) if entry.is_dir() else os.link(entry.path, path)
            except FileNotFoundError:  # Replaced or deleted since.
                pass


def size_of(folder):
    return sum(entry.stat().st_size for entry in os.scandir(folder) if entry.is_file())
