import { HIDDEN_TEXT } from '../../contract/item/reading.ts';
import { type Context, type Draft, textPage, withFiles } from '../draft.ts';
import { Refused } from '../refusal.ts';
import type { Element } from '../xml/xml.ts';
import { child, children, loadsFromOutside, partOf, relationsOf, within } from './parts.ts';
import type { Zip } from './zip.ts';

/*
 * A DOCX as its reader sees it: no comments, no deleted text, no code of fields, nothing hidden by style. Pictures that are large
 * enough to be pages are read as such.
 */

const MAIN = 'word/document.xml';
const LARGE_PICTURE = 30_000;
const PICTURE = /^word\/media\/.*\.(?:png|jpe?g|gif|bmp|webp|tiff?)$/i;

interface Told {
  parts: string[];
  hidden: number;
  fields: boolean;
}

export async function readDocx(zip: Zip, context: Context): Promise<Draft> {
  const root = partOf(zip, MAIN);
  if (!root) throw new Refused('damaged');
  const told: Told = { parts: [], hidden: 0, fields: false };
  const others = (kind: RegExp) =>
    zip.names.filter((name) => kind.test(name)).flatMap((name) => partOf(zip, name) ?? []);
  const all = [
    ...others(/^word\/header\d*\.xml$/),
    root,
    ...others(/^word\/(?:footnotes|endnotes)\.xml$/),
    ...others(/^word\/footer\d*\.xml$/),
  ];
  for (const part of all) tell(part, told);
  const relations = [...relationsOf(zip, MAIN), ...relationsOf(zip, 'word/settings.xml')];
  context.onPage(1);
  const files = zip.names
    .filter((name) => PICTURE.test(name))
    .map((name) => zip.entry(name) ?? new Uint8Array());
  return withFiles(
    {
      type: 'docx',
      pages: [textPage(told.parts.join('').replaceAll(/\n{3,}/g, '\n\n'))],
      suspicions: [
        ...(told.hidden > 0 ? [HIDDEN_TEXT] : []),
        ...(told.fields ? ['formulas'] : []),
        ...(loadsFromOutside(relations) ? ['external-reference'] : []),
        ...(zip.names.some((name) => /(?:^|\/)embeddings\//.test(name)) ? ['attachment-not-read'] : []),
      ],
    },
    files.filter(({ length }) => length >= LARGE_PICTURE),
    context,
  );
}

/** What is there twice, was deleted, or is code. */
const LEFT_OUT = new Set([
  'Fallback',
  'del',
  'moveFrom',
  'instrText',
  'delText',
  'pPr',
  'rPr',
  'sectPr',
  'tblPr',
  'trPr',
  'tcPr',
]);
/** Fields that start or load something. */
const HARMFUL = /\b(?:DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|MACROBUTTON)\b/i;

function tell(element: Element, told: Told): void {
  const { name } = element;
  if (name === 'instrText' && HARMFUL.test(element.text)) told.fields = true;
  if (LEFT_OUT.has(name)) return;
  if (name === 'r' && isHidden(child(element, 'rPr'))) {
    for (const part of within(element)) if (part.name === 't') told.hidden += part.text.trim().length;
    return;
  }
  if (name === 't') told.parts.push(element.text);
  else if (name === 'tab') told.parts.push('\t');
  else if (name === 'br' || name === 'cr') told.parts.push('\n');
  else if (name === 'tr') {
    const cells = children(element, 'tc').map((cell) => {
      const inner: Told = { parts: [], hidden: 0, fields: false };
      for (const part of cell.children) tell(part, inner);
      told.hidden += inner.hidden;
      told.fields ||= inner.fields;
      return inner.parts
        .join('')
        .trim()
        .replaceAll(/\s*\n\s*/g, ' ');
    });
    told.parts.push(`${cells.join('\t')}\n`);
    return;
  }
  for (const part of element.children) tell(part, told);
  if (name === 'p') told.parts.push('\n');
  if (name === 'tbl') told.parts.push('\n');
}

/** In half points: nobody reads print below that. */
const SMALLEST = 4;

function isHidden(properties: Element | undefined): boolean {
  if (!properties) return false;
  const value = (name: string) => child(properties, name)?.attributes.get('val');
  const vanish = child(properties, 'vanish') ?? child(properties, 'webHidden');
  if (vanish && !/^(?:0|false|off)$/.test(vanish.attributes.get('val') ?? '')) return true;
  const size = value('sz');
  if (size !== undefined && Number(size) < SMALLEST) return true;
  const paper = child(properties, 'shd') ?? child(properties, 'highlight');
  return !paper && isWhite(value('color'));
}

const isWhite = (colour: string | undefined): boolean => /^f[0-9a-f]f[0-9a-f]f[0-9a-f]$/i.test(colour ?? '');
