import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Fence, fences, ROOT } from '../docs/fences.ts';

/*
 * A copy of the repository as a reader of the guide has it in the end: with the automation that
 * docs/adding-an-automation.md builds, with one that `signalbox new` made and that grew by the pages that it lists, and with a copy of
 * an automation that was there. `npm test` runs all tests in such a copy, so what passes there passes with three automations that no
 * test was written for.
 */

export const GUIDE = 'docs/adding-an-automation.md';
/** The list in it by which the one that the command makes comes to every ability. */
const LIST = '## All of it in one';
export const GUIDES_OWN = 'demo-request';
export const MADE = 'order-question';
export const COPIED = 'copied-one';
export const ADDED = [GUIDES_OWN, MADE, COPIED];
/** How the second one is made. */
export const MAKING = [
  ...['new', MADE, '--owner', 'The "Order Desk"', '--labels', 'Order status,Order,Returns'],
  ...['--purpose', "Answer a customer's question about an order."],
  ...['--action', 'open-ticket', '--destination', 'help-desk'],
  ...['--group', 'support-leads', '--escalate-to', 'support-managers'],
];

/** How the pictures of automations are brought up to date. */
const DRAWING = 'docs/pictures/automations.ts';

/** In the state directory of the live tests: what `npm start` would have said. */
export const LOG = 'log.txt';

/** The pages of that list, in its order. */
export const PAGES = [...sectionOf(LIST).matchAll(/^\d+\. \[[^\]]+\]\(([\w-]+\.md)/gm)].map(
  ([, page]) => `docs/${page}`,
);

/** What stands below this heading of the guide. */
function sectionOf(heading: string): string {
  const [, below = ''] = readFileSync(join(ROOT, GUIDE), 'utf8').split(`\n${heading}\n`);
  return below.split('\n## ', 1)[0] ?? '';
}

const MARK = '.followed';
/** Installed, made, or of the machine. */
export const APART = new Set(['node_modules', '.git', '.local', 'cdk.out', MARK]);

/** Whether these tests run in such a copy already. */
export const isFollowed = (root = ROOT) => existsSync(join(root, MARK));

/** What the page tells its reader to write, and to change. */
export const blocks = fences(GUIDE).filter(({ info }) => info.file !== undefined);
/** Parts of a declaration that the page explains without making them part of its automation. */
export const examples = fences(GUIDE).filter(({ info }) => info.example !== undefined);

/**
 * Makes the copy in a new folder for temporary files; of such a copy, one more.
 * @returns its path; whoever asked for it removes it
 */
export function follow(): string {
  const copy = mkdtempSync(join(tmpdir(), 'signalbox-followed-'));
  try {
    for (const name of readdirSync(ROOT).filter((name) => !APART.has(name)))
      cpSync(join(ROOT, name), join(copy, name), { recursive: true });
    mkdirSync(join(ROOT, '.local'), { recursive: true });
    for (const shared of ['node_modules', '.local']) symlinkSync(join(ROOT, shared), join(copy, shared));
    if (!isFollowed()) build(copy);
    write(join(copy, MARK), '');
    return copy;
  } catch (error) {
    rmSync(copy, { recursive: true });
    throw error;
  }
}

function build(copy: string): void {
  carryOut(blocks, copy);
  execFileSync(process.execPath, ['cli/main.ts', ...MAKING], { cwd: copy, stdio: 'pipe' });
  for (const page of PAGES)
    carryOut(
      fences(page).filter(({ info }) => info.file !== undefined),
      copy,
    );
  copyOne(join(copy, 'automations'));
  // Its needs have grown since it was made, and nobody has written on its page: it is begun anew.
  rmSync(join(copy, 'automations', MADE, 'README.md'));
  execFileSync(process.execPath, [DRAWING], { cwd: copy, stdio: 'pipe' });
}

function carryOut(told: readonly Fence[], copy: string): void {
  for (const { info, language, text } of told) {
    const file = join(copy, info.file ?? '');
    if (language === 'diff') apply(file, text);
    else write(file, text);
  }
}

/**
 * The last of the automations that are there, with another name, and with tokens for personal data: what its examples come to is
 * the same.
 */
function copyOne(automations: string): void {
  const last =
    readdirSync(automations)
      .filter((name) => !ADDED.includes(name))
      .at(-1) ?? '';
  cpSync(join(automations, last), join(automations, COPIED), { recursive: true });
  const file = join(automations, COPIED, 'automation.ts');
  const text = readFileSync(file, 'utf8');
  const named = text.replace(`name: '${last}'`, `name: '${COPIED}'`);
  // A model that repairs would read what came before anything in it is replaced.
  const withoutModel = named
    .replace(/\n {2}repair: \{[\s\S]*?\n {2}\},/, '')
    .replace(", repair: 'repair.v1'", '');
  const page = join(automations, COPIED, 'README.md');
  writeFileSync(page, readFileSync(page, 'utf8').replaceAll(last, COPIED));
  writeFileSync(
    file,
    withoutModel.replace('\n  maxConcurrency:', "\n  privacy: { tokens: 'all' },\n  maxConcurrency:"),
  );
}

export function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** A diff as the page shows it: lines without a mark and with `-` are found, those with `+` are put below. */
function apply(file: string, diff: string): void {
  const lines = readFileSync(file, 'utf8').split('\n');
  let at = -1;
  for (const line of diff.trimEnd().split('\n')) {
    const [mark, rest] = [line[0], line.slice(1)];
    if (mark === '+') {
      at += 1;
      lines.splice(at, 0, rest);
      continue;
    }
    at = lines.indexOf(rest, at + 1);
    if (at === -1) throw new Error(`${file} has no line '${rest}'`);
    if (mark === '-') {
      lines.splice(at, 1);
      at -= 1;
    }
  }
  writeFileSync(file, lines.join('\n'));
}
