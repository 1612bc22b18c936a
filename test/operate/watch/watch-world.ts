import { vi } from 'vitest';
import { oldestIn, publishTo } from '../../../lambdas/kit/signed/notify.ts';
import { sendDigest } from '../../../lambdas/operate/alarms/digest.ts';
import { watch } from '../../../lambdas/operate/watch/watch.ts';
import { ENV as HOUSE, SETTINGS } from '../../support/fixtures.ts';
import { time, world } from '../../support/world.ts';

/* A clock that looks each minute. The test mocks `kit/signed/notify.ts`. */

export const ENV = { ...HOUSE, ALARM_TOPICS: 'operators,pager' };
export const MINUTE = 60_000;
export const REGISTRY = [{ name: 'demo' }, { name: 'other' }];
export const CRM = [{ kind: 'source' as const, name: 'crm' }];
export const published = vi.mocked(publishTo);
export const age = vi.mocked(oldestIn);

export function freshWatch(): void {
  world.reset();
  time.freeze();
  published.mockReset().mockResolvedValue();
  age.mockReset().mockResolvedValue(undefined);
}

/** The clock ticks each minute, for so many; between the ticks something may happen. */
export async function ticks(minutes: number, happens: () => unknown = () => {}): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    time.at += MINUTE;
    await happens();
    await watch(REGISTRY, CRM, ENV).catch(() => {});
    await sendDigest(SETTINGS, ENV);
  }
}
export const subjects = () => world.mails.map(({ subject }) => subject);
export const urgent = () => published.mock.calls.map(([topic, { subject }]) => `${topic} ${subject}`);
