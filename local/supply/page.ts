import type { Deployed } from './deployed.ts';
import { type Locked, sizeOf } from './lock.ts';
import { PURPOSES } from './purposes.ts';

/* `docs/dependencies.md`, without its words: those are written by hand, and what lies between the marks is made here. */

interface Given {
  deployed: Deployed;
  packages: Readonly<Record<string, Locked>>;
  /** The days on which direct dependencies were published, by `name@version`. */
  days: Readonly<Record<string, string>>;
  manifest: { dependencies: Record<string, string>; devDependencies: Record<string, string> };
}

const MB = 1_000_000;
/** In two digits: the rest differs with the platform. */
function sizeText(bytes: number): string {
  const mb = bytes / MB;
  return mb >= 10
    ? `${Math.round(mb)} MB`
    : mb >= 0.1
      ? `${mb.toFixed(1)} MB`
      : `${Math.ceil(bytes / 10_000) * 10} kB`;
}

/** Those that only a part of the platforms have: what they hold differs from machine to machine. */
const BINARIES = ['@biomejs/biome', 'esbuild', 'node', 'typescript'];

function row(name: string, { packages, days }: Given): string {
  const locked = packages[`node_modules/${name}`];
  const { does, why } = PURPOSES[name] ?? { does: '', why: '' };
  const size = BINARIES.includes(name) ? 'a binary' : sizeText(sizeOf(`node_modules/${name}`));
  const cells = [
    `\`${name}\``,
    locked?.version,
    locked?.license,
    days[`${name}@${locked?.version}`],
    size,
    does,
    why,
  ];
  return `| ${cells.join(' | ')} |`;
}

const HEAD = `| package | version | licence | published | size | what it is for | why not code of ours |
|---|---|---|---|--:|---|---|`;

export function tablesOf(given: Given): string {
  const { deployed, packages, manifest } = given;
  const direct = Object.keys(manifest.dependencies);
  const isDeployed = (name: string) => deployed.has(`node_modules/${name}`);
  const brought = [...deployed.keys()].filter((key) => !isDirect(key, manifest));
  const table = (names: readonly string[]) => [HEAD, ...names.map((name) => row(name, given))].join('\n');
  const licences = new Map<string, number>();
  for (const key of deployed.keys()) {
    const licence = packages[key]?.license ?? 'unknown';
    licences.set(licence, (licences.get(licence) ?? 0) + 1);
  }
  const kinds = [...licences].sort((a, b) => b[1] - a[1]).map(([licence, count]) => `${licence} ${count}`);
  return `### In what is deployed
${deployed.size} packages have code or data in a bundle, by licence: ${kinds.join(', ')}.

${table(direct.filter(isDeployed))}

These bring with them, of what is deployed too:

| package | version | licence |
|---|---|---|
${brought.map((key) => `| \`${key.replace('node_modules/', '')}\` | ${packages[key]?.version} | ${packages[key]?.license} |`).join('\n')}

### To deploy, and for the command line
${table(direct.filter((name) => !isDeployed(name)))}

### For development only
${table(Object.keys(manifest.devDependencies))}`;
}

function isDirect(key: string, { dependencies }: Given['manifest']): boolean {
  return Object.keys(dependencies).some((name) => key === `node_modules/${name}`);
}

const BETWEEN = /(<!-- dependencies:begin -->\n)[\s\S]*(\n<!-- dependencies:end -->)/;

/** The page with its tables made anew. @throws Error for a page without marks */
export function withTables(page: string, given: Given): string {
  if (!BETWEEN.test(page)) throw new Error('docs/dependencies.md has lost the marks of its tables');
  return page.replace(BETWEEN, (_, begin, end) => `${begin}${tablesOf(given)}${end}`);
}
