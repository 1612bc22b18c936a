import { access, constants, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type * as z from 'zod/mini';
import type { exportSchema } from '../../lambdas/api/openapi/receipt-schemas.ts';
import { counted } from '../../lambdas/reports/words.ts';
import type { Command } from '../command.ts';
import { connect } from '../connect.ts';
import { Unreachable, UsageError } from '../errors.ts';
import { shortId, wholeId } from '../short-id.ts';
import { printJson } from '../terminal.ts';
import { typedPath } from '../uploads.ts';

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
    const to = input.option('to') ?? `signalbox-${shortId(id)}.json`;
    const path = typedPath(to, terminal);
    // Before content leaves the house, and the audit says that it did.
    if (!input.json) await access(dirname(path), constants.W_OK).catch(cannotWrite(to));
    const { json } = await client.get<Export>(`/v1/items/${encodeURIComponent(id)}/export`);
    // As it was stored: a file for others is not cleaned for a terminal.
    const whole = json as Export;
    const documents = [];
    for (const { url, ...document } of whole.documents)
      documents.push({ ...document, base64: await fetched(url) });
    const file = { ...whole, documents };
    if (input.json) return printJson(terminal, file);
    // Content of people: for whoever runs this, and nobody else.
    await writeFile(path, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 }).catch(cannotWrite(to));
    const { verdict } = whole.verified;
    terminal.out(
      `${to}: ${counted(file.receipts.length, 'receipt')}, ${counted(documents.length, 'document')}, ${verdict}`,
    );
  },
};

function cannotWrite(to: string): (error: NodeJS.ErrnoException) => never {
  return (error) => {
    throw new UsageError(
      `'${to}' cannot be written (${error.code ?? error.message}): name another file with --to`,
    );
  };
}

/** Undefined where it is not kept any more. */
async function fetched(url: string): Promise<string | undefined> {
  const response = await fetch(url, { signal: AbortSignal.timeout(60_000) }).catch(() => {
    throw new Unreachable('no answer from where the documents lie');
  });
  return response.ok ? Buffer.from(await response.arrayBuffer()).toString('base64') : undefined;
}
