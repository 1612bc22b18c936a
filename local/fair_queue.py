"""
SQS serves clients fairly that share a standard queue: of a group (`MessageGroupId`) that keeps the consumers busy, messages come after
those of the others. The emulator takes the group and serves by age alone. Here the group with the fewest messages in flight is next,
the oldest message of it first; a message without a group is a group of its own, as in AWS.
"""

import heapq
import time


def collecting(plain, ensure_fields, new_id):
    """`plain`: how the emulator chooses, for queues in which nobody has to be told apart."""

    def collect(q, most, visibility_timeout):
        if q["is_fifo"] or len({m.get("group_id") for m in q["messages"]}) < 2:
            return plain(q, most, visibility_timeout)
        now = time.time()
        in_flight, waiting = {}, {}
        for place, message in enumerate(q["messages"]):
            ensure_fields(message)
            group = message["group_id"] or ("alone", place)
            if message["visible_at"] <= now:
                waiting.setdefault(group, []).append((place, message))
            elif message["receive_count"] > 0:
                in_flight[group] = in_flight.get(group, 0) + 1
        # A group's place is its oldest message's, so that no two are alike and groups are never compared.
        turns = [(in_flight.get(group, 0), messages[0][0], 0, messages) for group, messages in waiting.items()]
        heapq.heapify(turns)
        chosen = []
        while turns and len(chosen) < most:
            busy, _, at, messages = heapq.heappop(turns)
            chosen.append(messages[at][1])
            if at + 1 < len(messages):
                heapq.heappush(turns, (busy + 1, messages[at + 1][0], at + 1, messages))
        for message in chosen:
            message["receipt_handle"] = new_id()
            message["visible_at"] = now + visibility_timeout
            message["receive_count"] += 1
            if message.get("first_receive_at") is None:
                message["first_receive_at"] = now
        return chosen

    return collect
