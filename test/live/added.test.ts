import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { outputs, post, reaches, request } from '../support/app.ts';
import { deployment } from '../support/deployment.ts';
import { ADDED, LOG, MADE } from '../support/followed.ts';

/*
 * Automations that no other test was written for: from the page of the guide, from `signalbox new`, and a
 * copy under another name.
 */

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
  const { root } = deployment;
  const files = ['evaluate.ts', 'prompts/check.v1.md', 'automation.ts'].map((file) =>
    join(root, 'automations', MADE, file),
  );
  const [evaluate = '', prompt = '', declaration = ''] = files;
  const before = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
  afterAll(() => {
    for (const [file, text] of before) writeFileSync(file, text);
  });
  const append = (file: string, text: string) => writeFileSync(file, before.get(file) + text);
  const replace = (file: string, from: string, to: string) =>
    writeFileSync(file, before.get(file)?.replaceAll(from, to) ?? '');

  /** What the watch says once it is through with a change. */
  async function saysAfter(change: () => void): Promise<string> {
    const log = join(deployment.stateDir, LOG);
    const before = readFileSync(log, 'utf8').length;
    change();
    return vi.waitFor(
      () => {
        const said = readFileSync(log, 'utf8').slice(before);
        return said.includes('changed') ? said.trimEnd() : Promise.reject(new Error('nothing was said'));
      },
      { timeout: 180_000, interval: 100 },
    );
  }

  /** Digests of the code of every function that is deployed. */
  async function allCode(): Promise<Record<string, string>> {
    const response = await fetch(`${outputs.endpointUrl}/2015-03-31/functions?MaxItems=500`);
    const { Functions } = (await response.json()) as {
      Functions: { FunctionName: string; CodeSha256: string }[];
    };
    return Object.fromEntries(Functions.map(({ FunctionName, CodeSha256 }) => [FunctionName, CodeSha256]));
  }

  async function changedBy(change: () => void): Promise<{ said: string; changed: string[] }> {
    const old = await allCode();
    const said = await saysAfter(change);
    const now = await allCode();
    return { said, changed: Object.keys(now).filter((name) => now[name] !== old[name]) };
  }

  // First, while every function still runs what the CDK bundled. Only the fingerprint of the folder is
  // another.
  it('leaves the code of a function where it changes no byte: the watch bundles as synth does', async () => {
    const { said, changed } = await changedBy(() => append(evaluate, '// Only a comment.\n'));
    expect(said).toContain(`${MADE}: evaluate.ts changed → process updated`);
    expect(changed).toEqual([]);
  });

  // Again where the machine was busy with other tests.
  it.for([
    ['prompt', 'prompt check.v1', () => append(prompt, `\nBe brief. ${crypto.randomUUID()}\n`)],
    ['line of code', 'evaluate.ts', () => replace(evaluate, "'the request'", `'${crypto.randomUUID()}'`)],
  ] as const)(
    'is live within five seconds in the one function that carries it: a %s',
    { retry: 2 },
    async ([, what, change]) => {
      const { said, changed } = await changedBy(change);
      const [, took] =
        new RegExp(`^${MADE}: ${what} changed → process updated in (\\d+\\.\\d) s$`).exec(said) ?? [];
      expect(Number(took), said).toBeLessThanOrEqual(5);
      expect(changed).toEqual([expect.stringMatching(new RegExp(`${MADE}-process`))]);
    },
  );

  async function isDecidedBy(source: string): Promise<void> {
    const text = `I have a question about this: returns. ${crypto.randomUUID()}`;
    const posted = await post(MADE, { reference: 'L-1', text });
    const item = (await reaches(posted.body.id, 'done')) as unknown as { proposal: { evidence: unknown } };
    expect(item.proposal.evidence).toContainEqual(expect.objectContaining({ source }));
  }

  it('decides about the next item', async () => {
    await saysAfter(() => replace(evaluate, "'the request'", "'all of it'"));
    await isDecidedBy('all of it');
  });

  it('leaves the old code where it has an error, and says where', async () => {
    const { said, changed } = await changedBy(() => append(evaluate, 'const x = ;\n'));
    expect(said).toMatch(/and has an error; the old code stays:[\s\S]*evaluate\.ts:\d+:10/);
    expect(changed).toEqual([]);
    await saysAfter(() => append(evaluate, ''));
  });

  it('is not updated where a declaration does not fit the configuration', async () => {
    const { said, changed } = await changedBy(() =>
      replace(declaration, "group: 'support-leads'", "group: 'nobody'"),
    );
    expect(said).toContain("approver group 'nobody' is not in 'approverGroups'");
    expect(changed).toEqual([]);
  });

  it('decides also after its declaration has changed: packages still lie beside its bundle', async () => {
    await saysAfter(() => replace(declaration, 'reviewEveryDays: ', 'reviewEveryDays: 1'));
    replace(evaluate, "'the request'", "'some of it'");
    // Functions that carry the declaration are brought after this one: its next change waits for them.
    await vi.waitFor(() => isDecidedBy('some of it'), { timeout: 180_000, interval: 1000 });
  });
});
