import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { fences, ROOT } from '../docs/fences.ts';
import { reaches, type Story } from '../support/app.ts';
import { cameBy } from '../support/arrivals.ts';
import { deployment } from '../support/deployment.ts';

/* What docs/doors.md says to type on a laptop, block by block as it stands there, against the deployed application. */

type Came = Story & { documents?: { name?: string }[] };

const AT_REST = ['done', 'refused', 'waiting_approval'];
const hasTools = ['curl', 'openssl'].every((tool) => spawnSync(tool, ['version']).error === undefined);

/** What the one block prints that holds this. */
function typed(part: string): string {
  const [block, ...more] = fences('docs/doors.md', 'sh').filter(({ text }) => text.includes(part));
  if (!block || more.length > 0) throw new Error(`docs/doors.md must have one block with ${part}`);
  const program = block.text.replaceAll('./.local/', join(deployment.stateDir, '/'));
  return execFileSync('bash', ['-euo', 'pipefail', '-c', program], { cwd: ROOT, encoding: 'utf8' });
}

describe.skipIf(!hasTools)('what docs/doors.md says to type', () => {
  it('is an event, and an item of its door', { timeout: 200_000 }, async () => {
    const before = await cameBy('support-triage', '@event:tickets', 0, 10);
    expect(JSON.parse(typed('AWSEvents.PutEvents'))).toMatchObject({
      ...{ FailedEntryCount: 0, Entries: [{ EventId: expect.any(String) }] },
    });
    const [ticket] = await cameBy('support-triage', '@event:tickets', before.length + 1, 60);
    const { status } = await reaches(ticket?.id ?? '', AT_REST);
    expect(AT_REST).toContain(status);
  });

  it.each([
    ['hmac', 'webhooks/shop"'],
    ['standard', 'webhooks/form"'],
  ])('is a call of a webhook, signed by hand as %s has it', async (_, part) => {
    const first = JSON.parse(typed(part));
    expect(first).toMatchObject({ id: expect.any(String), status: 'received' });
    expect(AT_REST).toContain((await reaches(first.id, AT_REST)).status);
    if (part.includes('form')) expect(JSON.parse(typed(part))).toMatchObject({ id: first.id });
  });

  it('is a file in the bucket, and an item with that document', { timeout: 200_000 }, async () => {
    typed('$ENDPOINT/$BUCKET');
    // Other files are dropped by other tests.
    const bill = await vi.waitFor(
      async () => {
        const all: Came[] = await cameBy('invoice', '@drop', 1, 10);
        const found = all.find((item) => item.documents?.some(({ name }) => name === 'af-3391.pdf'));
        expect(found).toBeDefined();
        return found;
      },
      { timeout: 90_000, interval: 1000 },
    );
    expect(await reaches(bill?.id ?? '', AT_REST)).toMatchObject({ documents: [{ status: 'read' }] });
  });
});
