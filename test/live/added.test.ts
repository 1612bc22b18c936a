import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { physicalIds } from '../../local/emulator.ts';
import { outputs, post, reaches, request } from '../support/app.ts';
import { ADDED, MADE } from '../support/followed.ts';

/* Automations that no other test was written for: from the page of the guide, from `signalbox new`, and a copy under another name. */

describe.each(ADDED)('%s', (name) => {
  it('is deployed, and comes to what its examples say', async () => {
    const { body } = await request(`/v1/automations/${name}`);
    const { examples } = body as { examples: { name: string; expect: string; body: unknown }[] };
    expect(examples.length).toBeGreaterThan(2);
    for (const example of examples) {
      const posted = await post(name, example.body, { 'idempotency-key': crypto.randomUUID() });
      const item = await reaches(posted.body.id, ['done', 'refused', 'waiting_approval']);
      expect(item.verdict, example.name).toBe(example.expect);
    }
  });
});

describe('a source that is changed while the application is up', () => {
  const root = inject('root');
  const endpoint = outputs.endpointUrl;
  const files = ['evaluate.ts', 'prompts/check.v1.md'].map((file) => join(root, 'automations', MADE, file));
  const [evaluate = '', prompt = ''] = files;
  const shared = join(root, 'lambdas/kit/text.ts');
  const before = new Map([...files, shared].map((file) => [file, readFileSync(file, 'utf8')]));
  afterAll(() => {
    for (const [file, text] of before) writeFileSync(file, text);
  });
  const append = (file: string, text: string) => writeFileSync(file, before.get(file) + text);

  /** Digests of the code of every function of a stack, by logical id. */
  async function codeOf(stack: string): Promise<Record<string, string>> {
    const ids = [...(await physicalIds(endpoint, `Signalbox-local-${stack}`))];
    const digests = ids
      .filter(([, name]) => name.startsWith('Signalbox-') || name.startsWith('signalbox-'))
      .map(async ([id, name]) => {
        const response = await fetch(`${endpoint}/2015-03-31/functions/${name}`);
        if (!response.ok) return [];
        const { Configuration } = (await response.json()) as { Configuration: { CodeSha256: string } };
        return [[id, Configuration.CodeSha256] as const];
      });
    return Object.fromEntries((await Promise.all(digests)).flat());
  }

  /** Which functions changed, once one did, and how long that took. */
  async function changedAfter(change: () => void): Promise<{ changed: string[]; ms: number }> {
    const old = await codeOf(MADE);
    const started = Date.now();
    change();
    for (;;) {
      const now = await codeOf(MADE);
      const changed = Object.keys(now).filter((id) => now[id] !== old[id]);
      if (changed.length > 0 || Date.now() - started > 30_000) return { changed, ms: Date.now() - started };
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  it.each([
    ['prompt', () => append(prompt, '\nBe brief.\n')],
    [
      'line of code',
      () => writeFileSync(evaluate, before.get(evaluate)?.replace("'the request'", "'all of it'") ?? ''),
    ],
  ])('is live within five seconds in the one function that carries it: a %s', async (_, change) => {
    const { changed, ms } = await changedAfter(change);
    expect(changed).toEqual([expect.stringContaining('process')]);
    expect(ms).toBeLessThan(5000);
  });

  it('decides about the next item', async () => {
    const text = `I have a question about this: returns. ${crypto.randomUUID()}`;
    const posted = await post(MADE, { reference: 'L-1', text });
    const item = (await reaches(posted.body.id, 'done')) as unknown as { proposal: { evidence: unknown } };
    expect(item.proposal.evidence).toEqual([expect.objectContaining({ source: 'all of it' })]);
  });

  it('leaves the old code where it has an error, and every function where it changes no byte', async () => {
    const stacks = ['platform', ...outputs.automations];
    const old = await Promise.all(stacks.map(codeOf));
    append(evaluate, 'const x = ;\n');
    append(shared, '// Only a comment: what was bundled at synth is what the watch bundles.\n');
    await new Promise((resolve) => setTimeout(resolve, 8000));
    expect(await Promise.all(stacks.map(codeOf))).toEqual(old);
    expect(Object.keys(old[0] ?? {}).length).toBeGreaterThan(5);
  });
});
