import { isObject } from './brain-schema.ts';

/**
 * Longest text by the block or field it stands in; Slack refuses the whole message when one is longer, or
 * empty.
 */
const LONGEST: Readonly<Record<string, number>> = {
  header: 150,
  section: 3000,
  context: 3000,
  button: 75,
  title: 100,
  text: 300,
  confirm: 30,
  deny: 30,
  label: 2000,
  hint: 2000,
};
const KINDS = ['header', 'section', 'context', 'input', 'actions', 'divider'];

/** Whether Slack would take these blocks. @returns what is wrong with them, or undefined. */
export function faultIn(blocks: readonly unknown[]): string | undefined {
  if (blocks.length > 50) return 'more than 50 blocks';
  for (const block of blocks) {
    if (!isObject(block) || !KINDS.includes(String(block.type))) return 'a block of an unknown type';
    const fault = faultsOf(String(block.type), block)[0];
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function faultsOf(where: string, part: Readonly<Record<string, unknown>>): string[] {
  const faults: string[] = [];
  for (const [field, value] of Object.entries(part)) {
    if (field === 'elements' && Array.isArray(value)) {
      faults.push(...value.filter(isObject).flatMap((it) => elementFaults(where, it)));
    } else if (isObject(value) && isText(value)) {
      faults.push(...tooLong(field === 'text' && where !== 'dialog' ? where : field, value.text));
    } else if (isObject(value)) faults.push(...faultsOf(field === 'confirm' ? 'dialog' : where, value));
  }
  const { value, url } = part;
  if (typeof value === 'string' && value.length > 2000) faults.push('a value of more than 2000 characters');
  if (typeof url === 'string' && url.length > 3000) faults.push('an address of more than 3000 characters');
  return faults;
}

function elementFaults(where: string, element: Readonly<Record<string, unknown>>): string[] {
  return isText(element) ? tooLong(where, element.text) : faultsOf(String(element.type), element);
}

function isText(part: Readonly<Record<string, unknown>>): boolean {
  return part.type === 'plain_text' || part.type === 'mrkdwn';
}

function tooLong(where: string, text: unknown): string[] {
  const most = LONGEST[where] ?? 3000;
  return typeof text === 'string' && text.length >= 1 && text.length <= most
    ? []
    : [`a ${where} text that does not have 1 to ${most} characters`];
}
