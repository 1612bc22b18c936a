import type { Automation } from '../../../lambdas/contract/automation.ts';
import { Picture } from '../svg.ts';
import { actionsOf, doorsOf, type Part, personOf, readingOf, stepsOf } from './parts.ts';

/* The picture of an automation, from its declaration alone. As narrow as a phone shows it without making it smaller. */

const WIDTH = 420;
const MARGIN = 14;
const GAP = 10;
const INNER = WIDTH - 2 * MARGIN;
const LINE = 15;
/** Between two bands: room for an arrow. */
const STEP = 30;
const MIDDLE = WIDTH / 2;
/** Average widths of a letter, in pixels: names are bold. */
const LETTER = { name: 8, small: 6.1 };
const PAD = 16;

type Kind = 'stage' | 'outside' | 'rest' | 'wait' | 'end';

interface Box extends Part {
  kind: Kind;
  width: number;
}

/** Draws doors, steps, gate and actions of an automation. @returns the text of an SVG */
export function drawAutomation(automation: Automation): string {
  const bands = bandsOf(automation);
  // Drawn twice: how high it is shows only once everything has its place.
  const height = paint(new Picture(WIDTH, 0, ''), automation, bands);
  const picture = new Picture(WIDTH, height, `How ${automation.name} works`, inWords(automation));
  paint(picture, automation, bands);
  return picture.toString();
}

interface Band {
  title: string;
  boxes: readonly Part[];
  kind: Kind;
}

function bandsOf(automation: Automation): Band[] {
  const { labels } = automation;
  const band = (title: string, boxes: readonly Part[], kind: Kind): Band[] =>
    boxes.length > 0 ? [{ title, boxes, kind }] : [];
  return [
    ...band('Doors', doorsOf(automation), 'outside'),
    ...band('Reading', readingOf(automation), 'stage'),
    ...band('One label', [{ name: 'route', lines: [labels.join(' · ')] }], 'stage'),
    ...band('One proposal', stepsOf(automation), 'stage'),
    ...band(
      'The decision',
      [{ name: 'gate', lines: ['code, no model: its limits and its policy'] }],
      'stage',
    ),
  ];
}

function paint(picture: Picture, automation: Automation, bands: readonly Band[]): number {
  let y = MARGIN;
  for (const { title, boxes, kind } of bands) {
    if (y > MARGIN) {
      picture.arrow(`${MIDDLE} ${y}, ${MIDDLE} ${y + STEP - 2}`);
      y += STEP;
    }
    y = band(picture, y, title, inRows(boxes, kind));
  }
  y = verdicts(picture, y, personOf(automation));
  return band(picture, y, 'Actions, each once', inRows(actionsOf(automation), 'end')) + MARGIN;
}

const HALF = (INNER - 3 * GAP) / 2;

/** Two beside each other where both names fit; one that is left over has the row to itself. */
function inRows(parts: readonly Part[], kind: Kind): Box[][] {
  const rows: Box[][] = [];
  for (const one of parts) {
    const last = rows.at(-1);
    const fits = one.name.length * LETTER.name <= HALF - PAD;
    const beside = last?.length === 1 && last[0]?.width === HALF;
    if (fits && beside) last.push({ ...one, kind, width: HALF });
    else rows.push([{ ...one, kind, width: fits ? HALF : INNER - 2 * GAP }]);
  }
  return rows.map((row) => (row.length > 1 ? row : row.map((box) => ({ ...box, width: INNER - 2 * GAP }))));
}

/** @returns where the next one may begin */
function band(picture: Picture, top: number, title: string, rows: readonly Box[][]): number {
  const heights = rows.map((row) => Math.max(...row.map(heightOf)));
  const height = 30 + heights.reduce((sum, one) => sum + one + GAP, 0);
  picture.region('band', `${MARGIN} ${top} ${INNER} ${height}`, title);
  let y = top + 30;
  rows.forEach((row, at) => {
    const tall = heights[at] ?? 0;
    row.forEach((box, column) => {
      const x = MARGIN + GAP + column * (box.width + GAP);
      show(picture, box, `${x} ${y} ${box.width} ${tall}`);
    });
    y += tall + GAP;
  });
  return top + height;
}

/** What the gate comes to: a person, the action, or nothing. @returns where the actions may begin */
function verdicts(picture: Picture, top: number, person: Part): number {
  const asked: Box = { ...person, kind: 'wait', width: 182 };
  const refused: Box = { name: 'refused', lines: ['nothing is done'], kind: 'rest', width: 128 };
  const height = heightOf(asked);
  const y = top + STEP;
  const left = MARGIN + asked.width / 2;
  const right = WIDTH - MARGIN - refused.width / 2;
  const act = MARGIN + asked.width + (INNER - asked.width - refused.width) / 2;
  const end = y + height + STEP;
  picture.arrow(`${left} ${top}, ${left} ${y - 2}`, 'ask', `${left + 8} ${top + 19}`);
  picture.arrow(`${right} ${top}, ${right} ${y - 2}`, 'refuse', `${right + 8} ${top + 19}`);
  picture.arrow(`${act} ${top}, ${act} ${end - 2}`, 'act', `${act + 8} ${top + 19}`);
  picture.arrow(`${left} ${y + height}, ${left} ${end - 2}`, 'approve', `${left + 8} ${y + height + 19}`);
  show(picture, asked, `${MARGIN} ${y} ${asked.width} ${height}`);
  show(picture, refused, `${WIDTH - MARGIN - refused.width} ${y} ${refused.width} ${heightOf(refused)}`);
  return end;
}

function show(picture: Picture, box: Box, place: string): void {
  picture.box(box.kind, place, box.name, ...linesOf(box));
}

function heightOf(box: Box): number {
  return 32 + linesOf(box).length * LINE;
}

function linesOf({ lines, width }: Box): string[] {
  return lines.flatMap((line) => wrapped(line, Math.floor((width - PAD) / LETTER.small)));
}

/** Lines of at most so many letters; a longer word has a line to itself. */
function wrapped(text: string, most: number): string[] {
  const lines: string[] = [];
  // No line begins with the mark between two labels.
  for (const word of text.split(/ (?!·)/)) {
    const joined = [...lines.slice(-1), word].join(' ');
    if (lines.length > 0 && joined.length <= most) lines[lines.length - 1] = joined;
    else lines.push(word);
  }
  return lines;
}

/** The same for whoever hears it. */
function inWords(automation: Automation): string {
  const listed = (parts: readonly Part[]) =>
    parts.map(({ name, lines }) => [name, ...lines].join(' ')).join('; ');
  const { labels } = automation;
  const [reading, steps] = [readingOf(automation), stepsOf(automation)];
  return [
    `Work comes in by ${listed(doorsOf(automation))}.`,
    ...(reading.length > 0 ? [`Before anything is decided: ${listed(reading)}.`] : []),
    `It gets one label of ${labels.join(', ')}.`,
    ...(steps.length > 0 ? [`The proposal asks ${listed(steps)}.`] : []),
    `Code decides: act, refuse, or ask ${personOf(automation).lines.join(', ')}.`,
    `Actions: ${listed(actionsOf(automation))}.`,
  ].join(' ');
}
