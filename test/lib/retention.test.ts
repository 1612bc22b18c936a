import { beforeAll, describe, expect, it } from 'vitest';
import { automation as refund } from '../../automations/refund-request/automation.ts';
import { faultsInRetention } from '../../lib/checks/privacy.ts';
import type { ResolvedConfig } from '../../lib/config.ts';
import { retentionOf } from '../../lib/retention.ts';
import { handlerName, ofType, property, type Synthesised, synthesise, text } from '../support/synth.ts';

/* An automation that keeps what it gets for a shorter time than others do. */

const DAYS = 30;
const config = { retention: { itemDays: 365, contentDays: 90 } } as ResolvedConfig;

describe('retentionDays', () => {
  it('shortens what the configuration says, and lengthens nothing', () => {
    const of = (retentionDays?: number) =>
      retentionOf({ name: 'a', ...(retentionDays ? { retentionDays } : {}) }, config);
    expect(of()).toEqual({ itemDays: 365, contentDays: 90 });
    expect(of(30)).toEqual({ itemDays: 30, contentDays: 30 });
    expect(of(120)).toEqual({ itemDays: 120, contentDays: 90 });
    expect(of(400)).toEqual({ itemDays: 365, contentDays: 90 });
  });

  it.each([0, 1.5, -1, 366, Number.NaN])('is refused at synth where it is %s', (retentionDays) => {
    expect(faultsInRetention({ retentionDays } as never, config)).toEqual([
      `'retentionDays' must be a whole number from 1 to 365, the longest that 'retention' keeps anything, got ${retentionDays}`,
    ]);
  });

  it.each([undefined, 1, 90, 365])('is taken where it is %s', (retentionDays) =>
    expect(faultsInRetention({ retentionDays } as never, config)).toEqual([]),
  );
});

describe('the stacks', () => {
  let prod: Synthesised;
  beforeAll(async () => {
    Object.assign(refund, { retentionDays: DAYS });
    prod = await synthesise('prod', { config: 'test/support/full.config.ts' });
  });

  it.each([
    ['datacontent', ['items/refund-request_']],
    ['datauploads', ['documents/refund-request_', 'quarantine/refund-request_', 'inbound/refund-request_']],
    ['datadrops', ['refund-request/']],
    ['datamails', ['refund-request/']],
  ])('of the platform remove sooner what %s holds of it, and of it alone', (id, prefixes) => {
    const bucket = ofType(prod, 'AWS::S3::Bucket').find((it) => it.id.startsWith(id));
    const { Rules } = property<{ Rules: { Prefix?: string; ExpirationInDays?: number; Status: string }[] }>(
      bucket as never,
      'LifecycleConfiguration',
    ) ?? { Rules: [] };
    const sooner = Rules.filter(({ ExpirationInDays }) => ExpirationInDays === DAYS);
    expect(sooner.map(({ Prefix, Status }) => [Prefix, Status])).toEqual(
      prefixes.map((prefix) => [prefix, 'Enabled']),
    );
    expect(Rules.some(({ ExpirationInDays }) => ExpirationInDays === 90)).toBe(true);
  });

  it('tell its functions, and no others', () => {
    const told = (variable: string, name: string) =>
      ofType(prod, 'AWS::Lambda::Function').flatMap((it) => {
        const { Variables = {} } = property<{ Variables?: Record<string, unknown> }>(it, 'Environment') ?? {};
        return handlerName(it) === name ? [[it.stack, text(Variables[variable])]] : [];
      });
    for (const [variable, name, others] of [
      ['ITEM_DAYS', 'intake/intake', '365'],
      ['CONTENT_DAYS', 'process/process', '90'],
    ] as const)
      for (const [stack, days] of told(variable, name))
        expect([stack, days]).toEqual([stack, stack === 'refund-request' ? String(DAYS) : others]);
    expect(told('CONTENT_DAYS', 'process/process').length).toBeGreaterThan(1);
  });
});
