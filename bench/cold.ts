import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build, type Metafile } from 'esbuild';
import { ENV, type HandlerName } from '../lambdas/contract/env.ts';
import { deployedAutomations, folderOf } from '../lib/automation/automation-folder.ts';
import { loadConfig } from '../lib/config.ts';
import { modulesOf, writeBundled } from '../lib/parts/bundled.ts';
import { BUNDLING, outputOf, writeApart } from '../lib/parts/bundling.ts';
import { atMost, printVerdicts, type Verdict } from './verdicts.ts';
import { log, printTable } from './world.ts';

/*
 * `npm run bench:cold`: how large each function's bundle is (what is read before its first event: parts that are loaded later left out), and how long Node takes to import it in a new process, beside a bare
 * handler that imports the same AWS clients and does nothing else. Nothing is deployed.
 */

const ROUNDS = 21;
const MOST_RATIO = 1.5;
const MOST_REQUEST_MS = 1;
/** What a bundle may weigh, in kB: whoever raises one says by what (docs/performance.md). */
const MOST_KB: Partial<Record<HandlerName, number>> = { 'process/process': 600 };

const CLIENTS: Record<string, string> = {
  dynamodb: 'DynamoDBClient',
  eventbridge: 'EventBridgeClient',
  'secrets-manager': 'SecretsManagerClient',
  sesv2: 'SESv2Client',
  sfn: 'SFNClient',
  sqs: 'SQSClient',
  '@smithy/node-http-handler': 'NodeHttpHandler',
  '@smithy/signature-v4': 'SignatureV4',
  '@modelcontextprotocol/server': 'WebStandardStreamableHTTPServerTransport',
};

/** What a function parses while it is imported. */
const VALUES: Record<string, string> = {
  BASE_URL: 'https://example.com',
  DESTINATIONS: '{}',
  EDGE_SECRET: 'none',
  RETRY_SCHEDULE_SECONDS: '[1]',
  SOURCES: '{}',
};

const REQUESTS = `const { handler } = await import(process.argv[1]);
const event = { headers: { authorization: 'Bearer ' + process.argv[2] } };
process.stdout.write = () => true;
if (!(await handler(event)).context.client) throw new Error('the authorizer knows nobody');
const many = async (times) => { for (let done = 0; done < times; done += 1) await handler(event); };
await many(2000);
const from = process.cpuUsage(); await many(5000); const { user, system } = process.cpuUsage(from);
process.stderr.write(String((user + system) / 5000 / 1000));`;

const SCRIPT = `const from = process.cpuUsage(); await import(process.argv[1]);
const { user, system } = process.cpuUsage(from); console.log((user + system) / 1000);`;

/** Milliseconds of CPU. */
interface Pair {
  ours: number;
  bare: number;
}

interface Subject {
  name: string;
  kb: number;
  /** Read before its first event. */
  files: number;
  file: string;
  bare: string;
  clients: string[];
}

const home = mkdtempSync(join(tmpdir(), 'signalbox-cold-'));
try {
  const config = await loadConfig('signalbox.config.ts');
  const automations = await deployedAutomations(config);
  const bundled = writeBundled(join(home, 'bundled'), { automations, config, environment: 'dev' });
  const [first] = automations;
  const subjects: Subject[] = [];
  for (const name of Object.keys(ENV) as HandlerName[]) {
    const modules = modulesOf(name, bundled, first ? folderOf(first.name) : '');
    subjects.push(await subject(name, modules));
  }
  const pairs = measured(subjects);
  const ratio = (it: Subject) => median(pairs.get(it) ?? [], ({ ours, bare }) => ours / bare);
  const ms = (it: Subject, of: keyof Pair) => median(pairs.get(it) ?? [], (pair) => pair[of]).toFixed(1);
  console.log(
    `CPU of an import in a new process of Node ${process.version}, the median of ${ROUNDS} pairs of imports\n`,
  );
  printTable(
    ['function', 'kB', 'files', 'ms', 'bare handler, ms', 'ratio', 'clients'],
    subjects.map((it) => [
      ...[it.name, it.kb.toFixed(0), String(it.files), ms(it, 'ours'), ms(it, 'bare'), ratio(it).toFixed(2)],
      it.clients.join(', '),
    ]),
  );
  const request = await authorizerMs(subjects.find(({ name }) => name === 'api/authorize')?.file ?? '');
  console.log(`\nA request to the warm authorizer, its log line included: ${request.toFixed(3)} ms of CPU`);
  const fixed = (value: number) => value.toFixed(2);
  printVerdicts([
    atMost('api/authorize: ms of CPU a request', request, MOST_REQUEST_MS, fixed),
    ...subjects.map((it) =>
      atMost(`${it.name}: times a bare handler's import`, ratio(it), MOST_RATIO, fixed),
    ),
    ...subjects.flatMap((it): Verdict[] => {
      const most = MOST_KB[it.name as HandlerName];
      return most === undefined ? [] : [atMost(`${it.name}: kB`, it.kb, most, (kb) => kb.toFixed(0))];
    }),
  ]);
} finally {
  rmSync(home, { recursive: true, force: true });
}

async function subject(name: HandlerName, alias: Record<string, string>): Promise<Subject> {
  log(`bundling ${name} ...`);
  const directory = join(home, name.replace('/', '-'));
  const file = join(directory, 'index.mjs');
  const entry = `lambdas/${name}.lambda.ts`;
  const options = { ...BUNDLING, alias, bundle: true, platform: 'node', format: 'esm' } as const;
  const made = { metafile: true, logLevel: 'error' } as const;
  const { metafile } = await build({
    ...{ ...options, ...made, ...outputOf(resolve(entry), directory) },
  });
  writeApart(name, directory);
  const { inputs, bytes, files } = readAtStart(metafile);
  const within = (pattern: RegExp) => [...new Set(inputs.flatMap((it) => pattern.exec(it) ?? []))];
  const found = within(/@aws-sdk\/client-[\w-]+/);
  // The bucket has no client of its own; one that calls nothing of AWS has the package of its protocol.
  const others = /@smithy\/(?:signature-v4|node-http-handler)|@modelcontextprotocol\/server(?=\/)/;
  const clients = found.length > 0 ? found : within(others);
  const bare = join(directory, 'bare.mjs');
  await build({
    ...options,
    ...made,
    stdin: { contents: bareHandler(clients), resolveDir: process.cwd() },
    outfile: bare,
  });
  return {
    name,
    kb: bytes / 1000,
    files,
    file,
    bare,
    clients: clients.map((it) => it.replace('@aws-sdk/client-', '')),
  };
}

/** The file of the entry with all that it imports when it is read, and what these are made of. */
function readAtStart({ outputs }: Metafile = { inputs: {}, outputs: {} }): {
  inputs: string[];
  bytes: number;
  files: number;
} {
  const entry = Object.keys(outputs).find((path) => outputs[path]?.entryPoint?.endsWith('.lambda.ts'));
  const open = entry === undefined ? [] : [entry];
  const files = new Set<string>();
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (files.has(path)) continue;
    files.add(path);
    for (const it of outputs[path]?.imports ?? [])
      if (it.kind === 'import-statement' && !it.external) open.push(it.path);
  }
  const read = [...files].flatMap((path) => outputs[path] ?? []);
  return {
    inputs: read.flatMap(({ inputs }) => Object.keys(inputs)),
    bytes: read.reduce((sum, { bytes }) => sum + bytes, 0),
    files: files.size,
  };
}

/** As somebody writes it who wants these clients and nothing else. */
function bareHandler(packages: readonly string[]): string {
  const classOf = (name: string) => CLIENTS[name.replace('@aws-sdk/client-', '')];
  const imports = packages.map((name, at) => `import { ${classOf(name)} as C${at} } from '${name}';`);
  const made = packages.map((_, at) => `new C${at}({})`);
  return `${imports.join('\n')}\nconst clients = [${made.join(', ')}];\nexport const handler = async () => clients.length;\n`;
}

/**
 * Each function beside its bare handler, one right after the other and each first in turn: a machine's speed changes from second to second,
 * by a third and more where others work on it, and then changes for both. The ratio is taken pair by pair, before the median.
 */
function measured(subjects: readonly Subject[]): Map<Subject, Pair[]> {
  const pairs = new Map<Subject, Pair[]>(subjects.map((it) => [it, []]));
  for (let round = 1; round <= ROUNDS; round += 1) {
    log(`round ${round} of ${ROUNDS} ...`);
    for (const [it, all] of pairs) {
      const first = importMs(round % 2 === 0 ? it.bare : it.file);
      const second = importMs(round % 2 === 0 ? it.file : it.bare);
      all.push(round % 2 === 0 ? { ours: second, bare: first } : { ours: first, bare: second });
    }
  }
  return pairs;
}

function median<T>(all: readonly T[], figure: (one: T) => number): number {
  return all.map(figure).sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN;
}

/** The authorizer of a hundred clients, as it works once it has read their secret. */
async function authorizerMs(file: string): Promise<number> {
  const token = 'a-token-of-the-last-client';
  const clients = Array.from({ length: 100 }, (_, at) => ({
    ...{ name: `client-${at}`, automations: ['*'] },
    sha256: createHash('sha256')
      .update(at === 99 ? token : `another-${at}`)
      .digest('hex'),
  }));
  const secrets = createServer((request, response) => {
    request.resume();
    response.end(JSON.stringify({ SecretString: JSON.stringify({ clients }) }));
  });
  await once(secrets.listen(0, '127.0.0.1'), 'listening');
  const { port } = secrets.address() as AddressInfo;
  const there = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
  };
  const args = ['--input-type=module', '--eval', REQUESTS, file, token];
  const { stderr } = await promisify(execFile)(process.execPath, args, {
    env: { ...environment(), ...there },
  });
  secrets.close();
  return Number(stderr);
}

function importMs(file: string): number {
  const args = ['--input-type=module', '--eval', SCRIPT, file];
  return Number(execFileSync(process.execPath, args, { env: environment(), encoding: 'utf8' }));
}

function environment(): Record<string, string> {
  const variables = Object.values(ENV)
    .flat()
    .map((name) => [name, VALUES[name] ?? 'x']);
  return { ...Object.fromEntries(variables), AWS_REGION: 'eu-west-1', SERVICE: 'cold' };
}
