import { setTimeout as sleep } from 'node:timers/promises';
import { AwsClient } from 'aws4fetch';
import { ACCOUNT, cloudformation, KEYS, REGION, stackStatuses } from './emulator.ts';
import type { Log } from './state.ts';

export const TOOLKIT = 'CDKToolkit';
/** Where `cdk bootstrap` keeps its assets: its stack leaves the bucket behind. */
const ASSETS = `cdk-hnb659fds-assets-${ACCOUNT}-${REGION}`;
const DELETE_SECONDS = 60;

/**
 * Whether a stack never became whole: nobody ever worked with it, and no deployment goes on from there. One
 * whose update failed holds data and is none of these.
 */
export function isHalfMade(status: string): boolean {
  return /^(REVIEW_IN_PROGRESS|CREATE_(IN_PROGRESS|FAILED)|ROLLBACK_\w+|DELETE_(IN_PROGRESS|FAILED))$/.test(
    status,
  );
}

/**
 * Removes what a deployment left half-made that was broken off: the next one makes it whole. Only in an
 * emulator that nobody deploys to now.
 */
export async function removeHalfMade(endpoint: string, log: Log): Promise<void> {
  const statuses = await stackStatuses(endpoint);
  const halfMade = [...statuses].filter(([, status]) => isHalfMade(status)).map(([name]) => name);
  // The last made go first: they use what the others export.
  for (const name of halfMade.reverse()) {
    log(`removing ${name}, which an earlier start left half-made ...`);
    await cloudformation(endpoint, 'DeleteStack', { StackName: name });
    await gone(endpoint, name);
  }
  const toolkit = statuses.get(TOOLKIT);
  if (toolkit === undefined || isHalfMade(toolkit)) await removeBucket(endpoint, ASSETS);
}

async function gone(endpoint: string, name: string): Promise<void> {
  for (let waited = 0; waited < DELETE_SECONDS * 10; waited++) {
    const status = (await stackStatuses(endpoint)).get(name);
    if (status === undefined || status === 'DELETE_COMPLETE') return;
    if (status === 'DELETE_FAILED') break;
    await sleep(100);
  }
  throw new Error(
    `the half-made stack ${name} cannot be removed: forget the local state with npm start -- --fresh`,
  );
}

/** With all that is in it. Does nothing where there is none. */
async function removeBucket(endpoint: string, bucket: string): Promise<void> {
  const aws = new AwsClient({ ...KEYS, region: REGION, service: 's3', retries: 0 });
  const address = `${endpoint}/${bucket}`;
  for (;;) {
    const listed = await aws.fetch(`${address}?list-type=2`);
    if (listed.status === 404) return;
    const keys = [...(await listed.text()).matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key = '']) => key);
    if (keys.length === 0) break;
    for (const key of keys) await aws.fetch(`${address}/${key}`, { method: 'DELETE' });
  }
  await aws.fetch(address, { method: 'DELETE' });
}
