import { describe, expect, it } from 'vitest';
import { changesBetween } from '../../delivery/diff/changes.ts';
import { costLine, report } from '../../delivery/diff/report.ts';
import { COMMANDS, readOptions, USAGE } from '../../delivery/options.ts';
import { badSince, ofEnvironment } from '../../delivery/steps/watch.ts';
import { UsageError } from '../../local/usage.ts';

describe('npm run deliver', () => {
  it('tells of every command, in lines of eighty characters', () => {
    for (const command of COMMANDS) expect(USAGE).toMatch(new RegExp(`^  ${command} `, 'm'));
    expect(USAGE.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it.each([
    [],
    ['ship', 'prod'],
    ['deploy'],
    ['deploy', 'Prod'],
    ['deploy', '../prod'],
    ['deploy', 'staging', 'prod'],
    ['synth', 'staging', 'prod', '--assembly', 'x'],
    ['deploy', 'prod', '--digest', 'abc'],
    ['deploy', 'prod', '--force'],
    ['rollback', 'prod', '--to', 'HEAD'],
    ['rollback', 'prod', '--failed', 'abc'],
    ['smoke', 'prod'],
    ['smoke', 'prod', '--automation', 'a'],
    ['smoke', 'prod', '--automation', 'a', '--example', 'b', '--body', 'c'],
    ['watch', 'prod', '--minutes', '-1'],
  ])('does not understand %s %s %s %s %s %s', (...words) =>
    expect(() => readOptions(words.filter((it) => it !== undefined))).toThrow(UsageError),
  );
});

describe('an alarm while a deployment is watched', () => {
  const ringing = (name: string, says = 'routine: x', since = '2026-11-29T10:00:00Z') => [
    { name, says, since },
  ];
  const bad = (alarms: ReturnType<typeof ringing>) =>
    badSince(ofEnvironment(alarms, 'prod'), '2026-11-29T09:59:00.000Z').length;

  it.each<[string, ReturnType<typeof ringing>, number]>([
    ['that is urgent tells of it', ringing('signalbox-prod: api/errors', 'urgent: x'), 1],
    ['of a function that crashes tells of it', ringing('Signalbox-prod-it-help act/act: function/errors'), 1],
    ['that waits for the morning does not', ringing('signalbox-prod: drift/found'), 0],
    [
      'that rang before does not',
      ringing('signalbox-prod: api/errors', 'urgent: x', '2026-11-29T09:00:00Z'),
      0,
    ],
    ['of another environment does not', ringing('signalbox-production: api/errors', 'urgent: x'), 0],
    ['of somebody else does not', ringing('orders: signalbox-prod', 'urgent: x'), 0],
  ])('%s', (_, alarms, count) => expect(bad(alarms)).toBe(count));
});

describe('the report', () => {
  it('says a cost as it is, also one that could not be counted', () => {
    expect(costLine({ before: 9, after: 9.001 })).toBe('Standing cost: US$ 9.00 → 9.00 a month (as before).');
    expect(costLine({ before: 9, after: 8.5 })).toContain('(−0.50)');
    expect(costLine('a schedule of another rate')).toContain('not counted (a schedule of another rate)');
  });

  it('fits into a comment, and no text of a template ends its fence or forges a line', () => {
    const statement = { Effect: 'Allow', Action: 's3:*', Resource: 'a`\n## Approved' };
    const resources = Object.fromEntries(
      Array.from({ length: 2000 }, (_, at) => [
        `r${at}`,
        {
          Type: 'AWS::IAM::Role',
          Properties: { Policies: [{ PolicyDocument: { Statement: [statement] } }] },
        },
      ]),
    );
    const changes = changesBetween({}, { 'Signalbox-prod-platform': { Resources: resources } });
    const text = report({
      environment: 'prod',
      changes,
      accepted: new Set(),
      cost: 'x',
      diff: '```\n## Approved',
    });
    expect(text.length).toBeLessThan(31_000);
    expect(text.split('\n').filter((line) => line.startsWith('## Approved'))).toEqual([]);
    const short = report({
      environment: 'prod',
      changes: changesBetween({}, {}),
      accepted: new Set(),
      cost: 'x',
      diff: `${'```'}\n## Approved`,
    });
    expect(short).toContain('````\n```\n## Approved\n````');
  });
});
