import { writeFile } from 'node:fs/promises';
import type * as z from 'zod/mini';
import type { exportSchema } from '../../lambdas/api/openapi/receipt-schemas.ts';
import type { Command } from '../command.ts';
import { connect } from '../connect.ts';
import { Unreachable } from '../errors.ts';
import { counted } from '../format.ts';
import { shortId, wholeId } from '../short-id.ts';
import { printJson } from '../terminal.ts';

type Export = z.output<typeof exportSchema>;

export const exported: Command = {
  name: 'export',
  summary: 'Write everything about one item into a file, content included',
  usage: `signalbox export <id> [options]

  id         an item's short number or whole id
  --to FILE  where to (signalbox-<short number>.json)

For a regulator, or whoever must see all of one item: its row, what came, its
documents (in base64), what was proposed, its approval and entries of the audit,
its receipts as they were hashed, the salt by which their digests can be made
again, and what verify says. The export itself is in the audit. For a token with
the role operator. Whoever has the file has the content: keep it accordingly.`,
  example: ['export', '816d1d2', '--to', 'item.json'],
  arguments: ['id'],
  options: { to: 'text' },
  async run(input, terminal) {
    const client = await connect(terminal);
    const id = await wholeId(client, input.argument(0) ?? '');
    const { json } = await client.get<Export>(`/v1/items/${encodeURIComponent(id)}/export`);
    // As it was stored: a file for others is not cleaned for a terminal.
    const whole = json as Export;
    const documents = [];
    for (const { url, ...document } of whole.documents)
      documents.push({ ...document, base64: await fetched(url) });
    const file = { ...whole, documents };
    if (input.json) return printJson(terminal, file);
    const to = input.option('to') ?? `signalbox-${shortId(id)}.json`;
    // Content of people: for whoever runs this, and nobody else.
    await writeFile(to, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
    const { verdict } = whole.verified;
    terminal.out(
      `${to}: ${counted(file.receipts.length, 'receipt')}, ${counted(documents.length, 'document')}, ${verdict}`,
    );
  },
};

/** Undefined where it is not kept any more. */
async function fetched(url: string): Promise<string | undefined> {
  const response = await fetch(url, { signal: AbortSignal.timeout(60_000) }).catch(() => {
    throw new Unreachable('no answer from where the documents lie');
  });
  return response.ok ? Buffer.from(await response.arrayBuffer()).toString('base64') : undefined;
}
