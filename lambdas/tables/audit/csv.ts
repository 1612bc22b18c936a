import type { Amount } from '../../contract/item/proposal-document.ts';
import type { AuditEntry, HouseEntry, RecordEntry } from './audit.ts';

/** Where an entry lies in its table is of no interest outside. */
type Told = Exclude<keyof AuditEntry | keyof HouseEntry, 'month' | 'order' | 'expiresAt'>;

/* One column per fact of an entry, or it does not compile. Programs read them by order: add at the end. */
const COLUMNS: Record<Told, true> = {
  at: true,
  event: true,
  approvalId: true,
  itemId: true,
  generation: true,
  automation: true,
  by: true,
  channel: true,
  authenticatedBy: true,
  to: true,
  decision: true,
  comment: true,
  edits: true,
  openedAt: true,
  activeSeconds: true,
  askedAt: true,
  action: true,
  label: true,
  risk: true,
  reversible: true,
  summary: true,
  reasons: true,
  confidence: true,
  sources: true,
  promptVersions: true,
  models: true,
  policyVersion: true,
  requester: true,
  askedDigest: true,
  digest: true,
  attentionCheck: true,
  command: true,
  amount: true,
  together: true,
};

export const AUDIT_COLUMNS = Object.keys(COLUMNS) as Told[];

/** The entries as RFC 4180 has it: a header row, CRLF after every row, and quotes where a cell needs them. */
export function auditCsv(entries: readonly RecordEntry[]): string {
  const rows = [AUDIT_COLUMNS, ...entries.map((entry) => AUDIT_COLUMNS.map((column) => text(entry, column)))];
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function text(entry: RecordEntry, column: Told): string {
  if (column === 'edits') {
    return ('edits' in entry ? (entry.edits ?? []) : [])
      .map(({ field, from, to }) => `${field}: ${said(from)} -> ${said(to)}`)
      .join('; ');
  }
  if (column === 'amount') return 'amount' in entry ? amountText(entry.amount) : '';
  const value = factOf(entry, column);
  return Array.isArray(value) ? value.map(said).join('; ') : said(value);
}

/** `EUR 240.00`, or without the currency where the action names none. */
export function amountText(amount: Amount | undefined): string {
  return amount ? [amount.currency, amount.value].filter((it) => it).join(' ') : '';
}

/** One fact of an entry; undefined where entries of its kind have none. */
export function factOf(entry: RecordEntry, column: Told): unknown {
  return (entry as { [column in Told]?: unknown })[column];
}

function said(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** A spreadsheet runs a cell that begins like this as a formula; an apostrophe makes it text again. */
const FORMULA = '["\\s]*[=+\\-@\uff1d\uff0b\uff0d\uff20]';
const BEGINS = new RegExp(`^(?:${FORMULA}|[\\t\\r\\n])`);
/** Semicolons, tabs and line ends would split a cell in some settings, whatever quotes are around it. */
const CUT = new RegExp(`[;\\t\\r\\n](?=${FORMULA})`, 'g');

function cell(value: string): string {
  const harmless = (BEGINS.test(value) ? `'${value}` : value).replaceAll(CUT, (at) => `${at}'`);
  return /[",;\t\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
