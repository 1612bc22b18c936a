import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { Implementation } from '../../../lambdas/contract/automation.ts';
import { PAY } from '../../support/fixtures.ts';
import { aCase, implementation, run, said, server } from './world.ts';

/* A prompt that is tried is asked as a release would ask it. */

const long = Array.from({ length: 900 }, (_, at) => `Line ${at} of a long complaint.`).join('\n\n');
const NOTE = 'You are given one part of it';
const schema = z.strictObject({ label: z.string() });
const prompts = { route: { version: 'route.v2', text: 'Sort it better.' } };

/** What the model server was asked first, with the prompt that is tried. */
async function tried(text: string, of: Implementation = implementation): Promise<string> {
  server.answers = [said('Billing')];
  const before = server.seen.length;
  await run([aCase({ body: { text } })], {}, { prompts, implementation: of });
  return String(server.seen[before]?.body);
}

it('says of a part of a long text that it is one, as the prompt in use does', async () => {
  server.answers = [said('Billing')];
  await run([aCase({ body: { text: long } })]);
  expect(String(server.seen[0]?.body)).toContain(NOTE);
  const asked = await tried(long);
  expect(asked).toContain('Sort it better.');
  expect(asked).toContain(NOTE);
  expect(asked).not.toContain('Sort the message.');
});

it('is itself alone where nothing stands behind the one in use', async () => {
  const asked = await tried('Pay me.');
  expect(asked).toContain('"Sort it better."');
  expect(asked).not.toContain('Sort the message.');
});

it('keeps what code puts behind the prompt of a step, and leaves a prompt of its own as it is', async () => {
  const asking = (prompt: { version: string; text: string }) =>
    tried('Pay me.', {
      ...implementation,
      evaluate: async (_, step) => {
        await step.model('route', { prompt, input: {}, schema });
        return PAY;
      },
    } as Implementation).then(() => server.seen.map(({ body }) => String(body)).join('\n'));
  const behind = await asking({ version: 'route.v1', text: 'Sort the message.\n\nToday is a Tuesday.' });
  expect(behind).toMatch(/Sort it better\.(?:\\n|\\\\n){2}Today is a Tuesday\./);
  const own = await asking({ version: 'mine', text: 'Sort another thing.' });
  expect(own).toContain('Sort another thing.');
});
