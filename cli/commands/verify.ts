import type * as z from 'zod/mini';
import type { verifiedDaySchema, verifiedSchema } from '../../lambdas/api/openapi/receipt-schemas.ts';
import { counted } from '../../lambdas/reports/words.ts';
import type { Client } from '../client.ts';
import type { Command } from '../command.ts';
import { connect } from '../connect.ts';
import { NotWell } from '../errors.ts';
import { shortId, wholeId } from '../short-id.ts';
import { printJson, type Terminal } from '../terminal.ts';

type Verified = z.output<typeof verifiedSchema>;
type VerifiedDay = Omit<z.output<typeof verifiedDaySchema>, 'cursor'>;

/** Items of a day that are asked about at once. */
const AT_ONCE = 4;

export const verify: Command = {
  name: 'verify',
  summary: 'Compare an item, or all of a day, with the receipts of outcomes',
  usage: `signalbox verify <id|day> [options]

  id|day   an item's short number or whole id; or a day (UTC): 2026-11-27
  --chain  of a day, only the receipts themselves and not what they are of

Reads row, content, documents, approval and audit, makes the digests again, and
names what differs from the receipt; walks the chain, and compares it with the
root of the day in the audit's archive. What was erased or has expired is said
as such. The exit code is 1 where something differs. For a token with the role
operator or auditor.`,
  example: ['verify', '816d1d2'],
  arguments: ['id|day'],
  options: { chain: 'flag' },
  async run(input, terminal) {
    const asked = input.argument(0) ?? '';
    const client = await connect(terminal);
    if (/^\d{4}-\d\d-\d\d$/.test(asked)) {
      const day = await wholeDay(client, asked);
      const items = input.flag('chain') ? [] : besideDay(day, await allOf(client, day.items));
      if (input.json) printJson(terminal, { ...day, verified: items });
      else tellDay(terminal, day, items);
      return mustBeWell([...day.differences, ...items.flatMap(({ differences }) => differences)]);
    }
    const verified = await oneOf(client, await wholeId(client, asked));
    if (input.json) printJson(terminal, verified);
    else tellItem(terminal, verified);
    return mustBeWell(verified.differences);
  },
};

async function oneOf(client: Client, id: string): Promise<Verified> {
  const { data } = await client.get<Verified>(`/v1/items/${encodeURIComponent(id)}/verification`);
  return data;
}

async function allOf(client: Client, ids: readonly string[]): Promise<Verified[]> {
  const found: Verified[] = [];
  for (let at = 0; at < ids.length; at += AT_ONCE)
    found.push(...(await Promise.all(ids.slice(at, at + AT_ONCE).map((id) => oneOf(client, id)))));
  return found;
}

/** What the chain lacks is said of the day, and not of the receipts beside the gap once more. */
function besideDay({ differences: said }: VerifiedDay, items: readonly Verified[]): Verified[] {
  return items.map((item) => {
    const differences = item.differences.filter((line) => !said.includes(line));
    const same = differences.length > 0 || item.verdict !== 'differs';
    return { ...item, differences, verdict: same ? item.verdict : 'ok' };
  });
}

/** All parts as one. */
async function wholeDay(client: Client, day: string): Promise<VerifiedDay> {
  let whole: VerifiedDay | undefined;
  for (let cursor: string | undefined; ; ) {
    const { data } = await client.get<z.output<typeof verifiedDaySchema>>(`/v1/receipts/${day}`, { cursor });
    const { cursor: next, ...part } = data;
    whole = whole ? joined(whole, part) : part;
    if (next === undefined) return whole;
    cursor = next;
  }
}

function joined(one: VerifiedDay, other: VerifiedDay): VerifiedDay {
  return {
    ...one,
    receipts: one.receipts + other.receipts,
    items: [...new Set([...one.items, ...other.items])],
    differences: [...one.differences, ...other.differences],
    notes: [...one.notes, ...other.notes],
  };
}

function tellItem(terminal: Terminal, { item, verdict, receipts, differences, notes }: Verified): void {
  terminal.out(`${item}  ${verdict}`);
  for (const { number, status, at, digest } of receipts)
    terminal.out(`  receipt ${number}: ${status} at ${at}, ${digest}`);
  for (const line of differences) terminal.out(`  differs  ${line}`);
  for (const line of notes) terminal.out(`  note     ${line}`);
}

const STATE_WORDS: Readonly<Record<VerifiedDay['state'], string>> = {
  rooted: 'under its root',
  open: 'its root is not written yet',
  before: 'nothing was recorded by then',
};

function tellDay(terminal: Terminal, day: VerifiedDay, items: readonly Verified[]): void {
  terminal.out(`${day.day}  ${counted(day.receipts, 'receipt')}, ${STATE_WORDS[day.state]}`);
  for (const line of day.differences) terminal.out(`  differs  ${line}`);
  for (const line of day.notes) terminal.out(`  note     ${line}`);
  for (const { item, differences } of items)
    for (const line of differences) terminal.out(`  differs  ${shortId(item)}  ${line}`);
  if (items.length > 0) terminal.out(`  ${counted(items.length, 'item')} compared with what is stored`);
}

function mustBeWell(differences: readonly string[]): void {
  if (differences.length > 0)
    throw new NotWell(`${counted(differences.length, 'difference')}: this is not what was recorded`);
}
