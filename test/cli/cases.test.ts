import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { caseSchema } from '../../lambdas/api/openapi/approval-schemas.ts';
import { api, folder, run } from './harness.ts';
import { cases } from './recorded.ts';

/* `--write` writes into the repository: here it is another one. */
const root = vi.hoisted(() => ({ path: '' }));
vi.mock('../../local/state.ts', async (original) => ({
  ...(await original<typeof import('../../local/state.ts')>()),
  get ROOT() {
    return root.path;
  },
}));

const NAME = 'automations/refund-request/cases.jsonl';
const OLD = '{"name": "old", "body": {"text": "a"}, "label": "other", "verdict": "ask"}';
const [found] = cases.cases;
const another = {
  ...found,
  name: 'rejected by a person: item-2-g1',
  body: { text: 'a\u202eb' },
  origin: { ...found?.origin, approvalId: 'item-2-g1', decision: 'reject' },
};

const content = () => readFileSync(join(folder, NAME), 'utf8');
const answer = (body: object) => {
  api.answers['GET /v1/cases?automation=refund-request'] = { body };
};

beforeEach(() => {
  root.path = folder;
  mkdirSync(join(folder, 'automations/refund-request'), { recursive: true });
  writeFileSync(join(folder, NAME), `${OLD}\n`);
});
afterEach(() => rmSync(join(folder, 'automations'), { recursive: true }));

describe('cases', () => {
  it('are printed as lines of a cases.jsonl, and nothing is written', async () => {
    answer({ cases: [found, another], skipped: 0 });
    const { code, out, err } = await run(['cases', 'refund-request']);
    expect(out.split('\n').map((line) => JSON.parse(line))).toEqual([found, another]);
    expect([code, err, content()]).toEqual([0, '', `${OLD}\n`]);
  });

  it('say what was left out, and that there are none, beside the output', async () => {
    answer({ cases: [], skipped: 2 });
    expect(await run(['cases', 'refund-request'])).toMatchObject({
      ...{ code: 0, out: '' },
      err: `no decision went against a proposal, and no audit found anything wrong\n2 left out: the item's body is no longer kept`,
    });
  });

  it('come of all pages, since the time that was asked for', async () => {
    const path = 'GET /v1/cases?automation=refund-request&from=2026-11-13T12%3A00%3A00.000Z';
    api.answers[path] = { body: { cases: [found], skipped: 1, cursor: 'abc' } };
    api.answers[`${path}&cursor=abc`] = { body: { cases: [another], skipped: 1 } };
    const { out } = await run(['cases', 'refund-request', '--from', '7d', '--json']);
    expect(JSON.parse(out)).toEqual({ cases: [found, another], skipped: 2 });
  });
});

describe('cases --write', () => {
  it('adds those that the file does not know, once, and asks for a review', async () => {
    answer({ cases: [found], skipped: 0 });
    const first = await run(['cases', 'refund-request', '--write']);
    answer({ cases: [found, another], skipped: 1 });
    const second = await run(['cases', 'refund-request', '--write']);
    const third = await run(['cases', 'refund-request', '--write']);

    const review = "they hold customers' words: review them, and replace personal data, before you commit";
    expect(first.out).toBe(`1 case added to ${NAME}\n${review}`);
    expect(second.out).toBe(`1 case added to ${NAME}, 1 there already\n${review}`);
    expect(second.err).toBe(`1 left out: the item's body is no longer kept`);
    expect(third.out).toBe(`0 cases added to ${NAME}, 2 there already`);
    const [old, ...added] = content().trimEnd().split('\n');
    expect(old).toBe(OLD);
    expect(added.map((line) => JSON.parse(line))).toEqual([found, another]);
    for (const line of added) expect(caseSchema.parse(JSON.parse(line))).toEqual(JSON.parse(line));
    expect(content()).not.toContain('\u202e');
  });

  it('begins a new line where the file ends without one', async () => {
    writeFileSync(join(folder, NAME), OLD);
    answer({ cases: [found], skipped: 0 });
    await run(['cases', 'refund-request', '--write']);
    expect(content().startsWith(`${OLD}\n{"name":"edited`)).toBe(true);
    expect(content().endsWith('}\n')).toBe(true);
  });

  it('with --json prints the cases alone, and writes them too', async () => {
    answer({ cases: [found], skipped: 0 });
    const { out, err } = await run(['cases', 'refund-request', '--write', '--json']);
    expect([JSON.parse(out), err]).toEqual([{ cases: [found], skipped: 0 }, '']);
    expect(content().trimEnd().split('\n')).toHaveLength(2);
  });

  it.each([
    [
      'no-such',
      /^'automations\/no-such\/cases\.jsonl' cannot be read \(ENOENT\): --write needs the repository/,
    ],
    ['../refund-request', /^<automation> must be the name of an automation, got '\.\.\/refund-request'$/],
  ])('refuses %s before it asks for anything', async (name, message) => {
    const { code, err } = await run(['cases', name, '--write']);
    expect([code, err, api.calls.length]).toEqual([2, expect.stringMatching(message), 0]);
  });

  it('refuses a file that is broken, and leaves it as it is', async () => {
    writeFileSync(join(folder, NAME), `${OLD}\n\n{"name"\n`);
    const { code, err } = await run(['cases', 'refund-request', '--write']);
    expect([code, err]).toEqual([2, `line 3 of '${NAME}' is not JSON: fix it first`]);
    expect(content()).toBe(`${OLD}\n\n{"name"\n`);
  });

  it('writes nothing when the API says no', async () => {
    api.answers['GET /v1/cases?automation=refund-request'] = {
      ...{ status: 403, body: { title: 'Not allowed', status: 403, detail: 'the role operator' } },
    };
    expect((await run(['cases', 'refund-request', '--write'])).code).toBe(1);
    expect(content()).toBe(`${OLD}\n`);
  });
});
