import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/* The tests of each row of the crash table in docs/architecture.md: file, and a title in it. */

type Test = readonly [file: string, title: string];
const intake = (title: string): Test => ['intake/intake', title];
const claim = (title: string): Test => ['intake/claim', title];
const reads = (title: string): Test => ['read/stage/read', title];
const lease = (title: string): Test => ['process/lease', title];
const purse = (title: string): Test => ['models/purse', title];
const ask = (title: string): Test => ['approve/ask/ask', title];
const life = (title: string): Test => ['approve/channels/page/life', title];
const onChange = (title: string): Test => ['approve/on-change', title];
const undo = (title: string): Test => ['approve/decision/decide-undo', title];
const run = (title: string): Test => ['statemachines/item', title];
const act = (title: string): Test => ['act/act', title];
const listed = (title: string): Test => ['act/list', title];
const listDies = (title: string): Test => ['act/list-crash', title];
const overtaken = (title: string): Test => ['act/overtaken', title];
const room = (title: string): Test => ['gate/limits-room', title];

const KILLED_ANYWHERE = lease('goes on after the lease wherever that was, to one action, and pays nothing');
const SENT_BACK: Test = ['process/again-claim', 'ends in the same state wherever its worker dies'];
const CARRIED = onChange('is carried once wherever the worker dies, when the run %s');
const TOLD: Test = ['approve/on-change-sent', 'ends the run that still waits though the item is %s'];
const PAGE = life('while it takes an answer with an edit leaves the question open, or decided');
const MAILED = ask('reaches everybody wherever its worker dies between the mails');
const ACTED = act('%s reaches the destination once and its end, wherever the worker dies');

const TESTS: Record<string, readonly Test[]> = {
  'intake, subject written, no item': [
    ['intake/subjects', 'leave no item where one cannot be written, and no item without them'],
  ],
  'intake, body stored': [intake('leaves no item and no message when the worker dies before the item')],
  'intake, claimed, no item': [
    claim('is one item when twenty take it over at the same moment'),
    claim('stays the one item where the dead worker only slept'),
  ],
  'intake, claim or item written, its answer lost on the way': [
    claim('is no duplicate of itself where the answer to a write was lost'),
  ],
  'intake, before or after the message': [
    intake('makes one item that is queued, wherever the first worker died'),
  ],
  'intake, documents bound or copied, no item': [
    ['intake/documents', 'anywhere leaves an item that its retry completes, read once'],
  ],
  'intake, a mail or a dropped file, anywhere': [
    ['intake/doors/mail', 'is one item, queued and kept once, wherever its worker dies'],
    ['intake/doors/drop', 'is as many items as it has lines, wherever its worker dies'],
  ],
  'doors, anywhere in an arrival': [
    ['intake/doors/event', 'is one item, and queued, wherever its worker dies'],
    ['intake/doors/webhooks/webhook', 'is one item, and queued, wherever its worker dies'],
  ],
  'doors, records of a poll taken in, place not written': [
    ['intake/doors/schedule', 'makes every record one item, and passes none over, wherever its worker dies'],
  ],
  'doors, poll failed, its next try not sent': [
    [
      'intake/doors/schedule-faults',
      'is left alone by other ticks while a try is due, and asked by them once that was lost',
    ],
  ],
  'read, anywhere': [reads('anywhere leaves an item that is %s in the end, and no copy astray')],
  'read, over one document again and again': [
    reads('is refused when two have ended over it, and its item is the only one'),
  ],
  'process, a duplicate looked for, no verdict': [
    [
      'process/duplicates',
      'anywhere is still the first when it comes again, and the next one its duplicate: %s',
    ],
  ],
  'process, between steps': [KILLED_ANYWHERE],
  'process, ended by one item of the batch, each time': [
    ['process/apart', 'is parked with the reason, and takes no other along: the %i. of its batch'],
  ],
  'process, frozen or cut off until its lease was over': [
    lease('asks nobody any more, and leaves the item to who took it'),
    lease('and was in a call pays for it, as the other one does: both calls count'),
  ],
  'process, frozen until its lease was over, and its successor died': [
    ['process/lease-lost', 'is not done with the message, which nobody else carries on'],
  ],
  'process, verdict written, its answer lost at the last receives': [
    ['process/lease-lost', 'is sent on, also where that was receive %i'],
  ],
  'process, a failed item given back, its message not put off': [
    ['process/lease-failing', 'a worker that dies while it gives back an item that failed'],
  ],
  'process, reserved, before or in a model call': [
    KILLED_ANYWHERE,
    ['models/purse-together', 'never is less booked than was paid where one of them dies'],
  ],
  'process or act, calls of a neighbour without limits under way': [
    ['outbound/permits-together', 'loses no more than a count with an instance that dies'],
  ],
  'process, in the probe of a half-open breaker': [
    ['outbound/breaker', 'lets the next call probe when a probe never reports'],
  ],
  'process, answer not remembered': [KILLED_ANYWHERE],
  'process, between settlement and the end of the invocation': [
    purse('has what a dead worker held until the day ends'),
  ],
  'process, before the write that ends the work, or before settlement': [
    KILLED_ANYWHERE,
    purse('stays booked when it cannot be given back, once'),
  ],
  'process or act, of a held item, next message sent, nothing written': [
    ['process/lane/held', 'is not lost, wherever its worker dies'],
    ['act/held', 'is done once where its worker died after the message was sent anew'],
  ],
  'process, delayed message of a waiting or deferred item sent, row not written': [
    ['process/waiting-messages', 'are never all lost, wherever a worker dies, and are one again in the end'],
    ['process/lane/defer', 'are never all lost, wherever a worker dies, and are one again in the end'],
  ],
  'resume, allowed more, not all items queued': [
    ['operate/resume', 'says what it added even where the items could not all be sent'],
  ],
  'process, room taken within a limit, no verdict': [
    ['gate/limits', 'anywhere between the message and the run takes the room once'],
    room('is given back where the next delivery comes to %s'),
  ],
  'process, verdict `act` written': [
    ['process/process', 'ends in the same state wherever its worker dies, and its action is sent'],
  ],
  'process, verdict `ask` written': [
    ['process/process', 'only starts the run of an item that is judged already'],
    SENT_BACK,
  ],
  'process, verdict `refuse` written': [room('is given back where the next delivery comes to %s')],
  'process, verdict written by another delivery': [
    ['process/process-stops', 'is judged once when two deliveries think at the same moment'],
  ],
  'ask, before or between mails': [MAILED],
  'ask, mails on record, before or in Slack': [
    ['approve/ask/ask-slack', 'a worker that dies once the mails are on record asks nobody in Slack'],
  ],
  'ask, mails out, not `waiting_approval`': [MAILED],
  'ask, while the item is withdrawn': [
    ask('closes its question about an item that is withdrawn while it is written down, also after a crash'),
  ],
  'page, before the conditional write': [PAGE],
  'page, after the conditional write': [PAGE],
  'escalate or hand over, no mails': [
    ['approve/ask/commands-again', 'is done to its end, wherever the worker dies: %s'],
  ],
  '`on-change`, anywhere': [CARRIED],
  '`on-change` or `ask`, action sent, run not told': [CARRIED, TOLD],
  '`on-change`, delayed command of an undoable decision sent': [undo('is carried to the run once')],
  'withdraw, approval closed': [['operate/withdraw', 'is so also when the API dies %s its row is written']],
  'redrive, anywhere': [
    ['operate/redrive/redrive', 'is set going by the same command wherever the first one died, after: %s'],
  ],
  'redrive of many items, anywhere': [
    [
      'operate/redrive/many-crash',
      'anywhere is finished by the clock: each item once, and counted once, after: %s',
    ],
    ['operate/redrive/many-crash', 'in the request is finished by the clock, or was never begun'],
  ],
  'parked for a neighbour, the stream or the clock dies anywhere': [
    ['operate/redrive/by-itself', 'go on once each wherever the clock dies, after: %s'],
    ['operate/redrive/by-itself', 'go on once each by two clocks, and by a stream that tells twice'],
  ],
  'any room, what was to carry an item on is lost for good': [
    ['operate/stuck/look', 'received without a message is set going, says so, and is done once'],
    ['operate/stuck/look', 'is set going wherever the clock dies, and done once, after: %s'],
  ],
  'redriven, thought about anew, anywhere': [
    [
      'operate/redrive/worker',
      'dies anywhere, and the next one ends it once and pays nothing again, after: %s',
    ],
  ],
  'compensate, anywhere': [
    ['compensate/compensate', 'dies anywhere, and asks again: it is one item, done once'],
  ],
  'process, of an item that takes something back, anywhere': [
    ['compensate/worker', 'dies anywhere, and the next one asks about the same'],
  ],
  "an operator's command, after its audit entry": [
    [
      'operate/hold/caution',
      'holds at the second try where the first died between its audit entry and the row',
    ],
  ],
  'timekeeper, anywhere': [life('while it looks at what is due does no harm')],
  'undo or decision against the end of its time': [
    undo('is either carried or taken back, never both'),
    ['approve/timekeeper', 'is left to a decision that came between the look and the write'],
  ],
  'timekeeper stands still': [
    ['approve/channels/page/faults', 'is carried by the clock when its own command was lost'],
    ['statemachines/item-expire', 'is expired and leaves the desk'],
  ],
  'that limit against a decision': [
    ['statemachines/item-expire', 'keeps a decision that came in the last moment: %s'],
  ],
  'run gone (stopped, timed out), approval open': [
    onChange('is carried by a new generation when the run is gone: %s'),
  ],
  '`on-change`, next generation claimed, no run': [
    CARRIED,
    ['tables/items/items', 'of a claimed generation is started if it was not'],
  ],
  '`again`, item sent back': [SENT_BACK],
  'run, action sent': [
    run('tries again when a queue or a table falters'),
    act('is done once for two messages, one after the other, and needs no run'),
  ],
  'act, before the intent': [
    ACTED,
    ['gate/limits', 'anywhere in the action takes the room once, and keeps it'],
  ],
  'act, intent written, its answer lost on the way': [
    overtaken('an intent whose answer was lost meets itself, and is carried out once'),
  ],
  'act, from intent to outcome': [
    ACTED,
    ['act/retry', 'is not called again when the worker died anywhere between intent and outcome'],
  ],
  'act, outcome written': [
    ACTED,
    room('is given back where the destination refused, and kept in doubt, wherever the worker dies'),
  ],
  'act, between two actions of a list': [
    listDies('%s is done once with three keys, wherever the worker dies'),
    listDies('is never done out of order, and nothing of it twice without its key, whatever goes wrong'),
  ],
  'act, the rest of a list sent on': [
    listed('goes on in another message where its time is over'),
    listed('is done once by ten deliveries at one moment'),
  ],
  'act, two workers': [act('is done once for ten messages at the same moment; the others come again')],
  'act, given up while another delivery begins, or overtaken by a resumed run': [
    ['gate/room-overtaken', 'is kept by %s where another delivery began meanwhile'],
    ['gate/room-overtaken', 'is the resumed run’s, and not given back by a delivery of the run before'],
  ],
  'act, frozen in its call and overtaken': [
    overtaken('in its call, and whose action another one did meanwhile, changes nothing'),
    overtaken('in its call, and that hears it was done after another one gave up, says so'),
  ],
  'act, every delivery': [overtaken('parks the item before it does anything')],
  'erase, anywhere': [
    [
      'operate/erase/again',
      'ends in the same state when it is repeated, wherever that was (after the call: %s)',
    ],
  ],
  'erase, while somebody is at work on the item': [
    ['operate/erase/again', 'is removed by the repetition, after the longest run that a function has'],
  ],
  'withdraw against the intent': [overtaken('in the moment before the intent stops the action')],
  'record, anywhere in the receipts of a batch': [
    ['record/receipts/chain', 'after its worker died at any call, before or after, has each outcome once'],
  ],
  'record, root of a day written, the table not': [
    ['record/receipts/roots', 'survives a worker that dies at any call'],
  ],
  'report, made or not, some of its mails out': [
    [
      'operate/report/weekly',
      'goes to each address at least once where its function dies at any call, and to no other twice',
    ],
  ],
  'report, auditors told in part': [
    [
      'operate/report/waiting-audits',
      'goes to nobody twice where its function dies at any call, and then to all who are left',
    ],
  ],
  'drift, a shift told, not kept': [['operate/report/drift', 'tells of it wherever its function dies']],
  'record, some rows of a batch counted': [
    [
      'tables/statistics/hours',
      'a batch whose worker dies at any call, and that comes again in halves, counts once',
    ],
    [
      'tables/statistics/hours',
      'a batch of which any part was applied, and that comes again whole, counts once',
    ],
  ],
  'run, last write': [run('writes nothing when a later generation has taken the item over')],
};

const table = readFileSync('docs/architecture.md', 'utf8').split(/^\| crash \|.*\n\|[-|]+\|\n/m)[1] ?? '';
const rows = table
  .split('\n\n')[0]
  ?.split('\n')
  .map((row) => row.split(' | ')[0]?.slice(2));

it('each row of the crash table has its tests here', () => expect(Object.keys(TESTS)).toEqual(rows));

it.each(Object.entries(TESTS))('a crash has a test that exists: %s', (_row, tests) => {
  for (const [file, title] of tests)
    expect(readFileSync(`test/${file}.test.ts`, 'utf8'), title).toContain(`'${title}`);
});
