import { describe, expect, it } from 'vitest';
import { api, ITEM, run } from './harness.ts';
import { accepted, done, OTHER_ID, parked, waiting } from './recorded.ts';

describe('status', () => {
  it('tells facts, reasons, proposal, approval, action, timeline and lineage', async () => {
    api.answers[`GET ${ITEM}`] = { body: done };
    const { out } = await run(['status', accepted.id]);
    for (const line of [
      `${accepted.id}  done`,
      '  received  2026-11-20 11:55:00 UTC, 5 min ago',
      '  cost      $0.000139',
      '  tokens    1,192 in, 39 out',
      '  - the amount is at or above 100.00',
      '  Refund USD 109.27 to order W9373487',
      '  confidence  not measured',
      '    rules     R3; R4',
      '  evidence  R3: "Goods that arrive broken are refunded in full."',
      '  approve by anna@example.com, 2026-11-20 11:58:00 UTC, 2 min ago, after 41 s on the page',
      '  refund: done',
      '  reference  refund-ledger-000003',
    ]) {
      expect(out.split('\n')).toContain(line);
    }
  });

  it('counts the timeline from the moment the item was received', async () => {
    api.answers[`GET ${ITEM}`] = { body: waiting };
    const { out } = await run(['status', accepted.id]);
    expect(out).toContain(
      [
        '  +0.0 s  received          client local, priority normal',
        '  +2.3 s  prepared          characters 156',
        '  +3.0 s  gated             verdict ask, reasons the amount is high',
        '  +1 min  waiting_approval  group refund-approvers, approvalId',
        `${' '.repeat(28)}${accepted.id}-g1`,
      ].join('\n'),
    );
    expect(out).toContain('  pending: nobody has decided yet, refund-approvers, due in 2 h');
  });

  it('calls documents by the names of their files, also in the evidence', async () => {
    const [ref, gone] = [`doc-${'0a'.repeat(16)}`, `doc-${'1b'.repeat(16)}`];
    const evidence = [ref, gone].map((it) => ({ source: `document:${it}#2`, quote: 'Total: EUR 432.00' }));
    const { receivedAt: at } = done;
    const body = {
      ...done,
      proposal: { ...done.proposal, evidence },
      documents: [
        { ref, name: 'bill.pdf', type: 'pdf', pages: 2, status: 'read' },
        { ref: gone, status: 'refused', refusal: 'encrypted' },
      ],
      timeline: [
        { at, event: 'reading', of: 2, document: 1 },
        { at, event: 'read', pages: 2, documents: 1 },
      ],
    };
    api.answers[`GET ${ITEM}`] = { body };
    const lines = (await run(['status', accepted.id])).out.split('\n').map((line) => line.trim());
    expect(lines).toContain('- bill.pdf: pdf, 2 pages, read');
    expect(lines).toContain(`- ${gone}: refused: encrypted`);
    expect(lines).toContain('evidence  bill.pdf, page 2: "Total: EUR 432.00"');
    // After the content's retention nobody knows its name.
    expect(lines.join(' ')).toContain(`evidence  document:${gone}#2:`);
    expect(lines).toContain('+0.0 s  reading  document 1 of 2');
    expect(lines).toContain('+0.0 s  read     1 document, 2 pages');
  });

  it('says what of the body was repaired, from what to what, and by what', async () => {
    const repairs = [
      { pointer: '', from: 'windows-1252', to: 'utf-8', by: 'encoding' },
      { pointer: '/from', source: '/sender', from: 'zoe@example.com', to: 'zoe@example.com', by: 'name' },
      { pointer: '/amount', from: 24.9, to: '24.90', by: 'type' },
      { pointer: '/hint', from: { is: ['\u202e\u001b[31mred'] }, by: 'unknown' },
    ];
    api.answers[`GET ${ITEM}`] = { body: { ...done, repairs } };
    const { out } = await run(['status', accepted.id]);
    for (const one of ['\u001b', '\u202e']) expect(out).not.toContain(one);
    const lines = out.split('\n').map((line) => line.trim());
    expect(lines.slice(lines.indexOf('Repaired'), lines.indexOf('Repaired') + 6)).toEqual([
      'Repaired',
      '- the whole: came as "windows-1252", is now "utf-8" (encoding)',
      '- /from: came as "zoe@example.com" in /sender, is now "zoe@example.com" (another name of the',
      'field)',
      '- /amount: came as 24.9, is now "24.90" (another form of the same value)',
      expect.stringMatching(/^- \/hint: came as \{"is":\[".*red"\]\} \(left out: no such field\)$/),
    ]);
  });

  it.each([
    [0, undefined],
    [1, '- left out: 1 attachment of a type, size or number that is not taken'],
    [3, '- left out: 3 attachments of a type, size or number that is not taken'],
  ])('says of a mail that %d of its attachments are no documents', async (leftOut, line) => {
    const [received, ...timeline] = done.timeline;
    api.answers[`GET ${ITEM}`] = {
      body: { ...done, timeline: [{ ...received, door: 'mail', attachments: 0, leftOut }, ...timeline] },
    };
    const lines = (await run(['status', accepted.id])).out.split('\n').map((it) => it.trim());
    expect(lines.filter((it) => it.startsWith('- left out'))).toEqual(line === undefined ? [] : [line]);
    expect(lines.includes('Documents')).toBe(leftOut > 0);
  });

  it('shows tokens and cost of each step in columns of numbers', async () => {
    api.answers[`GET ${ITEM}`] = { body: waiting };
    const { out } = await run(['status', accepted.id]);
    expect(out).toContain(
      [
        '  step      prompt       model          in  out       cost  from',
        '  route     route.v1     gpt-6-luna  1,316    5  $0.000034  memory',
        '  diagnose  diagnose.v1  gpt-6-luna    876   34  $0.000105  openai',
      ].join('\n'),
    );
  });

  it('leaves out what was not reached', async () => {
    api.answers[`GET /v1/items/${OTHER_ID}`] = { body: parked };
    const { out } = await run(['status', OTHER_ID]);
    expect(out).toContain('  error     SystemError: the budget of the day is spent');
    expect(out).toContain('  priority  urgent');
    expect(out).toContain('  run       number 2');
    expect(out).not.toMatch(/Reasons|Proposal|Approval|Action|Lineage|undefined|NaN/);
  });

  describe('of an item that met 429 for eleven minutes', () => {
    const minute = (at: number) =>
      new Date(Date.parse('2026-11-20T11:40:12Z') + (at - 116) * 5600).toISOString();
    const call = (at: number) => ({
      ...{
        at: minute(at),
        step: 'route',
        model: 'gpt-6-luna',
        endpoint: 'openai',
        promptVersion: 'route.v1',
      },
      ...{
        costUsd: 0,
        milliseconds: 12 + at,
        cached: false,
        inputTokens: 0,
        outputTokens: 0,
        failure: 'rate',
      },
      route: `the cheapest of tier small that is allowed here, tried for the ${at}th time, since no other is declared`,
    });
    const calls = Array.from({ length: 117 }, (_, at) => call(at));
    const until = '2026-11-20T13:00:00.000Z';
    const events = calls.flatMap((made, at) => [
      { event: 'model_called', ...made },
      // Not in step with the calls: as it comes.
      ...(at % 7 < 3 ? [{ at: made.at, event: 'suspended', until, reason: 'the line is full' }] : []),
    ]);
    const last = { at: '2026-11-20T11:41:00.000Z', event: 'gated', verdict: 'ask' };
    const patient = { ...waiting, receivedAt: minute(0), timeline: [...events, last], lineage: calls };

    it('says the same once, with how often and until when', async () => {
      api.answers[`GET ${ITEM}`] = { body: patient };
      const { out } = await run(['status', accepted.id]);

      expect(out.split('\n').length).toBeLessThan(50);
      expect(out).toContain('route, failed: rate, 12 ms');
      expect(out.replaceAll(/\s+/g, ' ')).toContain('117 times until 11:40:12 UTC');
      expect(out).toContain('openai; failed: rate; 117 times until 11:40:12');
      expect(out.indexOf('gated')).toBeGreaterThan(out.indexOf('suspended'));
    });

    it('fits on a page: what is long goes on in the next line, and times are short', async () => {
      api.answers[`GET ${ITEM}`] = { body: patient };
      for (const columns of [100, Number.POSITIVE_INFINITY]) {
        const { out } = await run(['status', accepted.id], { columns });
        expect(Math.max(...out.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(100);
        expect(out.replaceAll(/\s+/g, ' ')).toContain('since no other is declared)');
        expect(out).toContain('until 13:00:00 UTC');
        expect(out).not.toContain('2026-11-20T13');
      }
    });

    it('keeps the order of what says something of its own', async () => {
      const timeline = [...events.slice(0, 20), last, ...events.slice(20)];
      api.answers[`GET ${ITEM}`] = { body: { ...patient, timeline } };
      const { out } = await run(['status', accepted.id]);
      const names = [...out.matchAll(/^ +\+\S+ (?:s|min) +(\w+)/gm)].map(([, name]) => name);
      expect(names).toEqual(['model_called', 'suspended', 'gated', 'model_called', 'suspended']);
    });
  });

  it('names the day of a time that is not of the day of the item', async () => {
    const timeline = [{ at: waiting.receivedAt, event: 'deferred', until: '2026-11-21T09:15:00.000Z' }];
    api.answers[`GET ${ITEM}`] = { body: { ...waiting, timeline } };
    expect((await run(['status', accepted.id])).out).toContain('deferred  until 2026-11-21 09:15:00 UTC');
  });

  it('passes the wait on', async () => {
    api.answers[`GET ${ITEM}?wait=3`] = { body: waiting };
    expect((await run(['status', accepted.id, '--wait', '3'])).code).toBe(0);
  });

  it('does not let an id walk to another path', async () => {
    await run(['status', '../automations?x']);
    expect(api.calls[0]?.path).toBe('/v1/items/..%2Fautomations%3Fx');
  });
});
