/*
 * Who may import whom. A room is a folder of `lambdas/` or a top folder; a room may import itself, and what
 * its row names. Types count like values. `CONTRIBUTING.md` says what each room holds.
 */

const BASE = ['contract', 'kit'];
const STORED = [...BASE, 'privacy', 'tables'];
const REACHING = [...STORED, 'outbound'];
const STEPS = ['models', 'knowledge', 'lookups', 'read'];
const PURE = ['prepare', 'route', 'evaluate', 'gate'];

/** Rooms of `lambdas/`, from the ground up. A name with a slash is a part of a room. */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  kit: ['contract'],
  privacy: BASE,
  tables: [...BASE, 'privacy'],
  keys: BASE,
  pages: BASE,
  reports: [...BASE, 'privacy', 'tables'],
  outbound: STORED,
  models: REACHING,
  knowledge: REACHING,
  lookups: REACHING,
  read: REACHING,
  gate: BASE,
  prepare: [...BASE, 'privacy'],
  route: BASE,
  evaluate: BASE,
  intake: REACHING,
  process: [...REACHING, ...STEPS, ...PURE],
  approve: [...REACHING, 'pages', 'gate'],
  act: [...REACHING, 'gate'],
  record: REACHING,
  api: [...STORED, 'reports'],
  operate: [...REACHING, ...STEPS, 'reports', 'api/routes.ts', 'api/door'],
  console: [...REACHING, 'gate/policy', 'pages', 'reports', 'approve/decision', 'approve/channels/page'],
};

/**
 * Top folders that are deployed. `automations` may use what `lib` checks at synth and the gate repeats at run
 * time.
 */
export const TOP: Readonly<Record<string, readonly string[]>> = {
  bin: ['lib'],
  lib: [
    'lambdas/contract',
    'lambdas/kit',
    'lambdas/tables/keys.ts',
    'lambdas/tables/indexes.ts',
    'lambdas/models/prices.ts',
    'lambdas/models/process-time.ts',
    'lambdas/models/residency.ts',
    'lambdas/api/routes.ts',
    'lambdas/gate',
    'lambdas/knowledge/index',
  ],
  automations: [
    'lambdas/contract',
    'lambdas/kit/numbers/money.ts',
    'lambdas/kit/text.ts',
    'lambdas/kit/language',
    'lambdas/kit/long',
    'lambdas/gate/compose.ts',
  ],
};

/**
 * What the sandbox model knows of an automation: it lies in the automation's folder, and no function carries
 * it.
 */
export const OF_SANDBOX = /^automations\/[^/]+\/sandbox(?:\.ts$|\/)/;

/** What an automation is held to by `npm run cases`: no function carries it. */
export const OF_CASES = /^automations\/[^/]+\/cases\.ts$/;

/** The room a file stands in: `lib`, `lambdas/act`, `automations/refund-request` … */
export function roomOf(path: string): string {
  const [top = '', second = ''] = path.split('/');
  if (top === 'lambdas') return `lambdas/${second}`;
  if (top === 'automations' && !second.includes('.')) return `automations/${second}`;
  return top;
}

/** Whether the file `from` may import the file `to`. */
export function mayImport(from: string, to: string): boolean {
  if (OF_SANDBOX.test(from) && to.startsWith('local/sandbox/')) return true;
  const own = roomOf(from);
  if (own === roomOf(to)) return true;
  return allowedOf(own).some((room) => to === room || to.startsWith(`${room}/`));
}

function allowedOf(room: string): readonly string[] {
  const [top = '', second = ''] = room.split('/');
  if (top === 'lambdas') return (ROOMS[second] ?? []).map((name) => `lambdas/${name}`);
  return TOP[top] ?? [];
}

/** The law as a table of Markdown, a line for each room. */
export function lawTable(): string {
  const rows = [
    ...Object.entries(TOP).map(([room, may]) => [room, may] as const),
    ...Object.entries(ROOMS).map(([room, may]) => [`lambdas/${room}`, may] as const),
  ];
  const lines = rows.map(([room, may]) => `| \`${room}\` | ${may.length > 0 ? may.join(', ') : 'nothing'} |`);
  return ['| room | may import |', '|---|---|', ...lines].join('\n');
}
