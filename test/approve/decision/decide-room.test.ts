import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ask } from '../../../lambdas/approve/ask/ask.ts';
import { claim, release } from '../../../lambdas/approve/decision/claim.ts';
import { commentFault, readComment } from '../../../lambdas/approve/decision/comment.ts';
import { type Answer, decide, undo } from '../../../lambdas/approve/decision/decide.ts';
import { markPass } from '../../../lambdas/approve/decision/pass.ts';
import { onChange } from '../../../lambdas/approve/on-change.ts';
import { timekeeper } from '../../../lambdas/approve/timekeeper.ts';
import type { ApprovalRow, Asked } from '../../../lambdas/contract/approval.ts';
import type { AuditEntry } from '../../../lambdas/tables/audit/audit.ts';
import { person, question, row, tell } from '../../support/desk.ts';
import { automation, ENV, SETTINGS } from '../../support/fixtures.ts';
import { DECISION_KEY, time, world } from '../../support/world.ts';

vi.mock('../../../lambdas/kit/aws.ts', () => import('../../support/clients.ts'));
vi.mock('../../../lambdas/kit/objects.ts', () => import('../../support/content.ts'));

beforeEach(() => {
  world.reset();
  time.freeze();
});

/** As many bytes as a comment can have. */
const LONGEST = '字'.repeat(2000);
const KB = 1024;
const size = () => Buffer.byteLength(JSON.stringify(row()));

const crowd = Array.from({ length: 40 }, (_, at) => `p${at}`);
const settings = {
  ...SETTINGS,
  groups: { leads: crowd.map((name) => ({ email: `${name}@example.com` })), bosses: [] },
};

function put(fields: Partial<ApprovalRow> = {}): void {
  const asked = Object.fromEntries(
    crowd.map((name): [string, Asked] => [`${name}@example.com`, { group: 'leads', via: '', mailedAt: 'x' }]),
  );
  question(tell(), { asked, ...fields });
}

/** Says something, and lets the stream have it. */
async function say(name: string, answer: Partial<Answer> = {}) {
  const before = row();
  const whole: Answer = {
    ...{ decision: 'approve', shown: before.digest, round: before.round ?? 0, comment: LONGEST },
    ...answer,
  };
  const { outcome } = await decide('approvals', before, whole, person(name), 10, DECISION_KEY);
  await stream(before);
  return outcome;
}

async function stream(before: ApprovalRow): Promise<void> {
  if (row().version !== before.version) await onChange(row(), before, ENV);
}

const edit = (round: number): Pick<Answer, 'edited'> => ({
  edited: {
    digest: `d${round}`,
    proposalKey: `items/x/${round}.json`,
    edits: [{ field: 'amount', from: '1.00', to: `${round}.${'0'.repeat(500)}` }],
  },
});

/* Every way in which people can add to a question without closing it. */
const FILLS: [string, () => Promise<void>][] = [
  [
    'votes with long comments, each with another change',
    async () => {
      put({ quorum: 3 });
      for (let round = 0; round < 230; round += 1) await say(`p${round % 40}`, edit(round));
      expect(await say('p1', edit(1000))).toBe('long');
    },
  ],
  [
    'approvals of a whole crowd',
    async () => {
      put({ quorum: 40 });
      for (const name of crowd.slice(0, 39)) expect(await say(name)).toBe('voted');
    },
  ],
  [
    'decisions that are taken back',
    async () => {
      put();
      for (let times = 0; times < 3; times += 1) {
        expect(await say('p1', { decision: times % 2 ? 'approve' : 'reject' })).toBe('decided');
        const before = row();
        expect((await undo('approvals', before, person('p1'))).undone).toBe(true);
        await stream(before);
      }
      expect(row().round).toBe(3);
    },
  ],
  [
    'claims that are given back',
    async () => {
      put();
      for (let times = 0; times < 110; times += 1) {
        await claim('approvals', row(), person('p1'), 15);
        await release('approvals', row(), person('p1'));
      }
      expect(row().trail.length).toBeLessThan(210);
    },
  ],
  [
    'words for whom it is handed to',
    async () => {
      put({ asked: { 'p0@example.com': { group: 'leads', via: '' } } });
      const refused: string[] = [];
      for (const name of crowd.slice(1)) {
        const to = `${name}@example.com`;
        const pass = { by: 'p0@example.com', to, note: LONGEST };
        const { fault } = await markPass('approvals', settings, row(), pass);
        if (fault) refused.push(fault);
        else {
          const command = { approvalId: row().id, command: 'hand over', by: pass.by, to } as const;
          await ask(command, { env: ENV, settings });
        }
      }
      expect(refused[0]).toContain('no room for another note');
    },
  ],
];

describe.each(FILLS)('a question that is filled to the brim with %s', (_name, fill) => {
  it('can be rejected, with the longest of reasons', async () => {
    await fill();
    expect(await say('p0', { decision: 'reject' })).toBe('decided');
    expect(row()).toMatchObject({ status: 'decided', decision: 'reject', comment: LONGEST });
    expect(size()).toBeLessThan(330 * KB);
  });

  it('can be approved as it stands', async () => {
    await fill();
    expect(['decided', 'voted']).toContain(await say('p0'));
  });

  it('expires', async () => {
    await fill();
    time.advance(3 * 3600);
    await timekeeper({ env: ENV, settings }, [automation]);
    expect(row().status).toBe('expired');
  });
});

describe('words that leave the row', () => {
  it('are in the audit, all of them; the row says so', async () => {
    put({ quorum: 40 });
    for (const name of crowd) await say(name);

    const audit = world.tables.all('audit') as unknown as AuditEntry[];
    expect(audit.filter(({ comment }) => comment === LONGEST)).toHaveLength(41);
    expect(audit.some((entry) => 'inAudit' in entry)).toBe(false);
    const left = row().trail.filter(({ inAudit }) => inAudit);
    expect(left.length).toBeGreaterThan(0);
    expect(row().trail.at(-1)?.comment).toBe(LONGEST);
    expect(row().trail).toHaveLength(42);
  });

  it('are never those of a question with little to say', async () => {
    put({ quorum: 3 });
    for (const name of ['p0', 'p1', 'p2']) await say(name);

    expect(row().trail.some(({ inAudit }) => inAudit)).toBe(false);
  });
});

describe('a mail service that is down', () => {
  it('leaves no links behind in the row', async () => {
    put({ asked: { 'ann@example.com': { group: 'leads', via: '' } } });
    world.fault = (call) => {
      if (call.includes('SendEmail')) throw Object.assign(new Error('x'), { name: 'ServiceUnavailable' });
    };
    for (let times = 0; times < 40; times += 1) {
      await ask({ approvalId: row().id, command: 'deliver' }, { env: ENV, settings: SETTINGS }).catch(
        () => {},
      );
    }
    expect(JSON.stringify(row()).length).toBeLessThan(4000);
  });
});

describe('a reason', () => {
  it.each(['\u200B\u200D', '\u2066\u2069', '\u00AD', ' \u2800\n', '\u{E0041}'])(
    'of what nobody can see is none: %j',
    (text) => {
      expect(readComment(text)).toBe('');
    },
  );

  it('has 6,000 bytes at most, whatever it is written in', () => {
    for (const sign of ['a', 'é', '字', '😀'.slice(0, 2)]) {
      const most = sign.repeat(2000 / sign.length);
      expect(commentFault(most)).toBe('');
      expect(Buffer.byteLength(most)).toBeLessThanOrEqual(6000);
      expect(commentFault(`${most}${sign}`)).toContain('shorten it');
    }
  });
});
