// Runs on the Node.js a machine happens to have, before anything is installed: no dependency, no TypeScript.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = 20;
const PROJECT_NODE = 24;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const binaries = join(root, 'node_modules', '.bin');
const windows = process.platform === 'win32';

function fail(message) {
  console.error(message);
  process.exit(1);
}

/** The packages of a lockfile, or undefined when it is absent or unreadable. */
function lockedPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * npm keeps in `node_modules/.package-lock.json` what it really installed. That is compared by content: a checkout or a copy
 * changes times, and an optional package of another platform is rightly absent. A hash is compared where both know one.
 */
function isInstalled() {
  const wanted = lockedPackages(join(root, 'package-lock.json'));
  const found = lockedPackages(join(root, 'node_modules', '.package-lock.json'));
  if (!wanted || !found) return false;
  const present = Object.keys(found).every(
    (path) =>
      wanted[path]?.version === found[path].version &&
      (wanted[path].integrity ?? found[path].integrity) === (found[path].integrity ?? wanted[path].integrity),
  );
  const complete = Object.keys(wanted).every((path) => path === '' || wanted[path].optional || found[path]);
  return present && complete;
}

/** Installs, and says every few seconds how far it is: npm itself is silent for a minute. */
async function install() {
  say('installing what is missing (npm ci) ...');
  const npmCli = process.env.npm_execpath;
  const [command, ...args] = npmCli && /npm-cli\.js$/.test(npmCli) ? [process.execPath, npmCli] : ['npm'];
  // npm's own report goes to stderr: the output of a command such as `npm run signalbox -- --json` stays clean. Its warnings are
  // about the Node.js that starts this, and another one runs the project.
  const quiet = ['--no-audit', '--no-fund', '--no-progress', '--loglevel=error'];
  const npm = spawn(command, [...args, 'ci', ...quiet], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: windows && command === 'npm',
  });
  const since = Date.now();
  const ticker = setInterval(() => say(`  ${seconds(since).padStart(5)}  ${howFar()}`, true), 2500);
  const [code] = await once(npm, 'exit')
    .catch((error) => fail(`npm could not be started (${error.message}): install npm, it comes with Node.js`))
    .finally(() => clearInterval(ticker));
  if (code !== 0) fail(`npm ci failed with exit code ${code}; its report is above`);
  say(`installed in ${seconds(since)}`);
}

/** Packages that npm has unpacked; it makes their folders in the order in which they come. */
function howFar() {
  const wanted = Object.entries(lockedPackages(join(root, 'package-lock.json')) ?? {});
  const needed = wanted.filter(([path, { optional }]) => path !== '' && !optional);
  const there = needed.filter(([path]) => existsSync(join(root, path, 'package.json')));
  return there.length < needed.length
    ? `npm ci: ${there.length} of ${needed.length} packages`
    : 'npm ci: all packages are there, their install scripts run';
}

const seconds = (since) => `${Math.round((Date.now() - since) / 1000)} s`;

/** To stderr; on a terminal, what only holds for a moment stands in one line that changes. */
let drawn = false;
function say(line, fleeting = false) {
  const terminal = process.stderr.isTTY === true;
  const back = drawn ? '\r\u001b[K' : '';
  drawn = fleeting && terminal;
  process.stderr.write(back + line + (drawn ? '' : '\n'));
}

/** The project's own Node.js; where install scripts were not allowed it has none, and the one that runs this will do if it is 24. */
function projectNode() {
  const path = join(binaries, windows ? 'node.cmd' : 'node');
  const found = spawnSync(path, ['--version'], { encoding: 'utf8', shell: windows });
  const version = found.stdout?.trim() || found.error?.message || 'nothing that runs';
  if (version.startsWith(`v${PROJECT_NODE}.`)) return path;
  if (process.versions.node.startsWith(`${PROJECT_NODE}.`)) return process.execPath;
  return fail(
    `Signalbox runs on Node.js ${PROJECT_NODE}: this is ${process.versions.node}, and node_modules/.bin/node is ${version}\n` +
      `the npm package "node" brings it by an install script: allow install scripts and run npm ci, or put Node.js ${PROJECT_NODE} on the PATH`,
  );
}

function run(node, args) {
  const child = spawn(node, args, {
    stdio: 'inherit',
    shell: windows,
    env: { ...process.env, PATH: `${binaries}${delimiter}${process.env.PATH ?? ''}` },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the whole group: the child has it already, and a second one means "at once" to many programs.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  stopWithNpm(child);
  child.on('error', (error) => fail(`${node} could not be started: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (!signal) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** npm gives a signal to the shell it runs a script in, and that dies of it without telling us: its death is the message. */
function stopWithNpm(child) {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, 250);
}

if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  fail(
    `Signalbox needs Node.js ${OLDEST_NODE} or newer to start, this is ${process.versions.node}: install it from nodejs.org`,
  );
}
const [target, ...args] = process.argv.slice(2);
if (!target)
  fail(
    'usage: node local/bootstrap.mjs <file.ts> [arguments]  or  node local/bootstrap.mjs --test [arguments]',
  );
if (!isInstalled()) await install();
const node = projectNode();
// All tests run in a copy with three more automations; some of them, where they lie.
if (target === '--test' && args.length === 0) run(node, [join(root, 'test/support/followed-run.ts')]);
else if (target === '--test') run(node, [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...args]);
else run(node, [join(root, target), ...args]);
