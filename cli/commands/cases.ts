import { type CasesFile, openCases } from '../cases-file.ts';
import type { Cases, Client } from '../client.ts';
import type { Command } from '../command.ts';
import { connect } from '../connect.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { safeJson } from '../text.ts';

export const cases: Command = {
  name: 'cases',
  summary: 'Turn decisions against proposals, and audits, into cases',
  usage: `signalbox cases <automation> [options]

  --from T  decided or found from then on: 12h, 7d, 2026-11-01, or an ISO 8601
            time (30d)
  --write   append new ones to the automation's cases.jsonl

One line of JSON per case: what was edited, rejected or sent back, and what
audits found wrong. They hold customers' words. A value of which an audit says
only that another one is right is written as "fill in: …": the case fails until
you replace it. For a token with the role operator.
To run the cases of a cases.jsonl: npm run cases -- <automation>`,
  example: ['cases', 'refund-request', '--from', '7d', '--write'],
  arguments: ['automation'],
  options: { from: 'text', write: 'flag' },
  async run(input, terminal) {
    const automation = input.argument(0) ?? '';
    const from = input.time('from', terminal.now());
    // Opened first, so that a missing file is reported at once.
    const file = input.flag('write') ? await openCases(automation) : undefined;
    const found = await readAll(await connect(terminal), { automation, from });
    const added = await file?.append(found.cases);
    if (input.json) return printJson(terminal, found);
    if (file) terminal.out(written(file, added ?? 0, found.cases.length));
    else print(found.cases, terminal);
    if (found.skipped > 0) terminal.err(`${found.skipped} left out: the item's body is no longer kept`);
  },
};

/** All pages as one, as received: a written case must equal the item, character by character. */
async function readAll(client: Client, asked: { automation: string; from: string | undefined }) {
  const all: Pick<Cases, 'cases' | 'skipped'> = { cases: [], skipped: 0 };
  let cursor: string | undefined;
  do {
    const { json } = await client.get<Cases>('/v1/cases', { ...asked, cursor });
    const page = json as Cases;
    all.cases.push(...page.cases);
    all.skipped += page.skipped;
    cursor = page.cursor;
  } while (cursor !== undefined);
  return all;
}

function print(found: Cases['cases'], terminal: Terminal): void {
  for (const one of found) terminal.out(safeJson(one, 0));
  if (found.length === 0)
    terminal.err('no decision went against a proposal, and no audit found anything wrong');
}

function written({ name }: CasesFile, added: number, of: number): string {
  const there = of > added ? `, ${of - added} there already` : '';
  const line = `${added} ${added === 1 ? 'case' : 'cases'} added to ${name}${there}`;
  return added > 0
    ? `${line}\nthey hold customers' words: review them, and replace personal data, before you commit`
    : line;
}
