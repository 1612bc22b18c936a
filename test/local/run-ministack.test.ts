import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from 'vitest';
import { emulatorPython } from '../../local/python.ts';
import { ROOT } from '../../local/state.ts';

/* What the emulator has no setting for, asked of the program that starts it. */

const PROGRAM = `
import json, queue, runpy, sys, threading, time
from types import SimpleNamespace
sys.path[0:0] = ['', sys.argv[2]]
ours = runpy.run_path(sys.argv[1])
from ministack.services import cloudwatch, cloudwatch_logs, dynamodb, eventbridge, lambda_svc, sqs, stepfunctions

row = {'id': {'S': 'a'}, 'list': {'L': [{'N': '1'}, {'B': b'x'}]}}
copied = dynamodb.copy.deepcopy(row)
lock = threading.Lock()
odd = SimpleNamespace(inside=[1])

log = queue.Queue()
for line in ('one', 'two', '\\x04', 'of the next'):
    log.put(line)

for n in range(5):
    stepfunctions._executions[str(n)] = {'status': 'RUNNING' if n == 0 else 'SUCCEEDED'}
cloudwatch_logs._log_groups['group'] = {'streams': {str(n): {} for n in range(5)}}
cloudwatch._metrics['metric'] = list(range(5))
eventbridge._events_log['entries'] = list(range(5))
ours['tidy']()

config = {'FunctionArn': 'arn:aws:lambda:us-east-1:000000000000:function:Signalbox-f', 'Runtime': 'nodejs24.x'}
most = ours['WORKERS_OF_A_FUNCTION']
leased = [lambda_svc.acquire_worker('Signalbox-f', config, b'', qualifier='$LATEST')[0] for _ in range(most)]
threading.Timer(0.1, lambda: lambda_svc.release_worker(leased[0])).start()
in_turn = lambda_svc.acquire_worker('Signalbox-f', config, b'', qualifier='$LATEST')[0]

import worker_turns

def turns_of(calls, standstill, till_all):
    'How many workers so many calls take, and whether they begin in order; none ends before all have begun, or have come.'
    lock, free, made, order, end = threading.Lock(), [], [], [], threading.Event()
    def acquire(name, call, code, qualifier, max_concurrency):
        with lock:
            if not free and len(made) >= max_concurrency: return None, 'func_cap'
            if not free: made.append(SimpleNamespace(func_name=name))
            order.append(call)
            if till_all and len(order) == calls: end.set()
            return (free.pop(), 'reused') if free else (made[-1], 'spawn')
    def release(worker):
        with lock: free.append(worker)
    turns = worker_turns.Turns(acquire, release, lambda name: 4, standstill)
    def call(number):
        worker = turns.acquire('f', number, b'', qualifier='$LATEST')[0]
        end.wait(60)
        turns.release(worker)
    threads = [threading.Thread(target=call, args=(number,)) for number in range(calls)]
    for number, thread in enumerate(threads):
        thread.start()
        while len(order) + len(turns._lines.get(('f', '$LATEST'), ())) <= number: time.sleep(0.001)
    if not till_all: end.set()
    for thread in threads: thread.join()
    return {'made': len(made), 'in_order': order == sorted(order)}

def served(groups, rounds, most):
    q = {'is_fifo': False, 'messages': [{'id': str(n), 'visible_at': 0, 'receive_count': 0, 'group_id': g, 'first_receive_at': None}
                                        for n, g in enumerate(groups)]}
    return [[m['id'] for m in sqs._collect_msgs(q, most, 30)] for _ in range(rounds)]

from ministack.core import lambda_runtime
def heap_of(megabytes):
    shown = [sys.argv[3], '-p', 'require("node:v8").getHeapStatistics().heap_size_limit']
    env = {'AWS_LAMBDA_FUNCTION_MEMORY_SIZE': str(megabytes)}
    return int(lambda_runtime.subprocess.Popen(shown, env=env, stdout=lambda_runtime.subprocess.PIPE).communicate()[0]) / 1e6

schema = {'KeySchema': [{'AttributeName': 'id', 'KeyType': 'HASH'}], 'BillingMode': 'PAY_PER_REQUEST',
          'AttributeDefinitions': [{'AttributeName': 'id', 'AttributeType': 'S'}]}
stream = {'StreamEnabled': True, 'StreamViewType': 'NEW_AND_OLD_IMAGES'}
dynamodb._create_table({'TableName': 'inserted', 'StreamSpecification': stream, **schema})
insert = {'Statement': "INSERT INTO \\"inserted\\" VALUE {'id': ?, 'n': ?}", 'Parameters': [{'S': 'a'}, {'N': '1'}]}
for _ in range(2): dynamodb._batch_execute_statement({'Statements': [insert]})
inserted = [[r['eventName'], r['dynamodb'].get('OldImage'), r['dynamodb']['NewImage']]
            for r in dynamodb._stream_records['inserted']]

print(json.dumps({
    'inserted': inserted,
    'heaps': [heap_of(256), heap_of(1024)],
    'flood': served(['a'] * 100 + ['b'] * 3 + [None], 2, 6),
    'of_one': served(['a'] * 5, 2, 3),
    'equal': copied == row,
    'apart': copied['list']['L'] is not row['list']['L'],
    'odd': dynamodb.copy.deepcopy(odd).inside == [1],
    'log': ours['log_of_invocation'](SimpleNamespace(_stderr_queue=log)),
    'silent': ours['log_of_invocation'](SimpleNamespace(_stderr_queue=queue.Queue())),
    'runs': list(stepfunctions._executions),
    'logs': list(cloudwatch_logs._log_groups['group']['streams']),
    'points': cloudwatch._metrics['metric'],
    'events': eventbridge._events_log['entries'],
    'waited': in_turn is leased[0],
    'quick': turns_of(40, 600, False),
    'slow': turns_of(12, 0.2, True),
}))
`;

let said: Record<string, unknown>;

beforeAll(async () => {
  const python = await emulatorPython(console.log);
  const { stdout } = await promisify(execFile)(
    python,
    ['-c', PROGRAM, join(ROOT, 'local', 'run-ministack.py'), join(ROOT, 'local'), process.execPath],
    { env: { ...process.env, SIGNALBOX_EMULATOR_KEEPS: '2' } },
  );
  said = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as typeof said;
});

it('gives a function of Node.js a heap that fits into its memory', () => {
  const [small = 0, large = 0] = said.heaps as number[];
  expect(small).toBeLessThan(320);
  expect(large).toBeGreaterThan(900);
  expect(large).toBeLessThan(1250);
});

it('copies rows whole, and what is no row as before', () => {
  expect(said).toMatchObject({ equal: true, apart: true, odd: true });
});

it('takes for the log of an invocation what comes before its end, and waits for no other', () => {
  expect(said).toMatchObject({ log: 'one\ntwo', silent: '' });
});

it('forgets the oldest that are over, and keeps what still runs', () => {
  expect(said).toMatchObject({ runs: ['0', '3', '4'], logs: ['3', '4'], points: [3, 4], events: [3, 4] });
});

it('lets a call wait for a worker where a function has as many as it may', () => {
  expect(said.waited).toBe(true);
});

it('lets calls wait in turn as long as workers come back, and makes more only while none does', () => {
  expect(said).toMatchObject({ quick: { made: 4, in_order: true }, slow: { made: 12, in_order: true } });
});

it('serves the clients of a queue in turns, as SQS does, so that a flood of one holds up no other', () => {
  expect(said).toMatchObject({
    flood: [
      ['0', '100', '103', '1', '101', '2'],
      ['102', '3', '4', '5', '6', '7'],
    ],
    of_one: [
      ['0', '1', '2'],
      ['3', '4'],
    ],
  });
});

it('tells a stream once of a row that a statement inserts, as of any other', () =>
  expect(said.inserted).toEqual([['INSERT', null, { id: { S: 'a' }, n: { N: '1' } }]]));
