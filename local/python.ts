import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isRunning } from './process.ts';
import { type Log, ROOT } from './state.ts';

const run = promisify(execFile);

/** Tested together; raise them together, and run `npm test`. */
const PINS = { ministack: '1.5.33', hypercorn: '0.18.0' };
export const MINISTACK_VERSION = PINS.ministack;
/** Of its own: what it needs must not move the emulator's pins. */
const LINT_PINS = { 'cfn-lint': '1.58.0' };
const OLDEST_PYTHON = [3, 10] as const;

interface Tool {
  /** For people: what is being installed, or is missing. */
  what: string;
  /** Of the folder below `.local`. */
  name: string;
  pins: Record<string, string>;
  /** What to do where it cannot be installed. */
  instead: string;
}

const EMULATOR: Tool = {
  what: `the local engine (MiniStack ${MINISTACK_VERSION})`,
  name: `venv-${MINISTACK_VERSION}`,
  pins: PINS,
  instead:
    'or point SIGNALBOX_ENDPOINT at an AWS emulator that already runs (for instance http://127.0.0.1:4566)',
};
const LINT: Tool = {
  what: `the linter of the templates (cfn-lint ${LINT_PINS['cfn-lint']})`,
  name: `venv-cfn-lint-${LINT_PINS['cfn-lint']}`,
  pins: LINT_PINS,
  instead: 'or run the other tests by name',
};

/**
 * The Python that has the emulator installed; installs it at the first call.
 * @throws Error that says what to install, when Python, its venv module or the package index is missing.
 */
export function emulatorPython(log: Log): Promise<string> {
  return pythonWith(EMULATOR, log);
}

/** The same with `cfn-lint`. */
export function lintPython(log: Log): Promise<string> {
  return pythonWith(LINT, log);
}

async function pythonWith({ what, name, pins, instead }: Tool, log: Log): Promise<string> {
  const environment = join(ROOT, '.local', name);
  const installed = interpreter(environment);
  if (existsSync(installed)) return installed;
  const python = await findPython(what, instead);
  log(`installing ${what} ...`);
  // Two runs may install at once: each builds its own and the first to rename wins.
  const draft = `${environment}.${process.pid}`;
  await mkdir(join(ROOT, '.local'), { recursive: true });
  await removeDrafts(name);
  try {
    await run(python, ['-m', 'venv', draft]).catch((error: unknown) => {
      throw new Error(
        `'${python} -m venv' failed: install Python's venv module (Debian, Ubuntu: apt install python3-venv), ${instead}\n${detail(error)}`,
      );
    });
    const packages = Object.entries(pins).map(([name, version]) => `${name}==${version}`);
    await run(interpreter(draft), [
      '-m',
      'pip',
      'install',
      '--disable-pip-version-check',
      // Half of its time; what is imported is compiled then, and most of it never is.
      '--no-compile',
      ...packages,
    ]).catch((error: unknown) => {
      throw new Error(
        `pip could not install ${packages.join(' ')}: check that the Python package index can be reached ` +
          `(pip's own settings apply: PIP_INDEX_URL, HTTPS_PROXY), ${instead}\n${detail(error)}`,
      );
    });
    await rename(draft, environment).catch((error: unknown) => {
      if (!existsSync(installed)) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return installed;
}

/** What installations left behind that were killed. */
async function removeDrafts(name: string): Promise<void> {
  const folder = join(ROOT, '.local');
  for (const entry of await readdir(folder)) {
    const pid = entry.startsWith(`${name}.`) ? Number(entry.slice(name.length + 1)) : Number.NaN;
    if (Number.isInteger(pid) && !(await isRunning(pid, 'node')))
      await rm(join(folder, entry), { recursive: true, force: true });
  }
}

function interpreter(directory: string): string {
  return process.platform === 'win32'
    ? join(directory, 'Scripts', 'python.exe')
    : join(directory, 'bin', 'python');
}

async function findPython(what: string, instead: string): Promise<string> {
  const candidates = [
    'python3',
    'python3.14',
    'python3.13',
    'python3.12',
    'python3.11',
    'python3.10',
    'python',
  ];
  const seen: string[] = [];
  for (const candidate of candidates) {
    const version = await run(candidate, ['-c', 'import sys; print(*sys.version_info[:2])']).catch(
      () => undefined,
    );
    if (!version) continue;
    const [major = 0, minor = 0] = version.stdout.trim().split(' ').map(Number);
    if (major > OLDEST_PYTHON[0] || (major === OLDEST_PYTHON[0] && minor >= OLDEST_PYTHON[1]))
      return candidate;
    seen.push(`${candidate} is ${major}.${minor}`);
  }
  throw new Error(
    `${what} needs Python ${OLDEST_PYTHON.join('.')} or newer, found ${seen.join(', ') || 'none'}: ` +
      `install it (python.org, or your system's package python3 with python3-venv), ${instead}`,
  );
}

function detail(error: unknown): string {
  const output = (error as { stderr?: string }).stderr || String(error);
  return output.trim().split('\n').slice(-6).join('\n');
}

/**
 * Which resource types the installed emulator takes, and whether it changes one in place (else it deletes and
 * creates).
 */
export async function emulatorTypes(python: string): Promise<Map<string, { inPlace: boolean }>> {
  const script = [
    'import json',
    'from ministack.services.cloudformation import provisioners',
    'print(json.dumps({name: "update" in handler for name, handler in provisioners._RESOURCE_HANDLERS.items()}))',
  ].join('\n');
  const { stdout } = await run(python, ['-c', script], { maxBuffer: 4 << 20 });
  const types = JSON.parse(stdout) as Record<string, boolean>;
  return new Map(Object.entries(types).map(([name, inPlace]) => [name, { inPlace }]));
}
