import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { policyVersion } from '../../lib/automation/policy-version.ts';
import type { Stack } from '../assembly.ts';
import type { EventSources } from '../event-sources.ts';
import type { Log } from '../state.ts';
import { BundleError, bundle } from './bundles.ts';
import { checkDeclarations, differences, SynthError, synthQuickly } from './declaration.ts';
import { type LiveFunction, liveFunctions, passesOf } from './functions.ts';
import { noteSwapped, putCode, putVariables } from './swap.ts';
import { differencesInWords, filesInWords, functionsInWords, seconds } from './words.ts';

export interface UpdateOptions {
  endpoint: string;
  /** The repository: its sources are watched. */
  root: string;
  stateDir: string;
  /** Where the deployed application lies, as `cdk synth` left it. */
  assembly: string;
  stacks: readonly Stack[];
  settings: Record<string, string | undefined>;
  eventSources: Pick<EventSources, 'holding'>;
  log: Log;
}

interface Change {
  files: readonly string[];
  since: number;
  /** The files as a person calls them. */
  what: string;
  /** The automations they belong to. */
  owners: ReadonlySet<string>;
}

function changeOf(files: readonly string[], since: number): Change {
  const owners = new Set(files.flatMap((file) => ownerOf(file) ?? []));
  return { files, since, what: filesInWords(files), owners };
}

interface Put {
  fn: LiveFunction;
  code: Uint8Array | undefined;
  parts?: Readonly<Record<string, Uint8Array>>;
  variables: Record<string, string> | undefined;
}

/** Nothing that runs has it yet: functions carry the versions that were there when they were deployed. */
const NEW_VERSION =
  'it is no version that runs: it is deployed when the application starts again (npm start -- --stop, then npm start)';
const isVersion = ({ files }: Change) =>
  files.every((file) => /^automations\/[^/]+\/prompts\/[^/]+\.v\d+\.md$/.test(file));

/** Brings deployed functions up to date with changed sources, and says what it did. */
export class Updater {
  readonly #options: UpdateOptions;
  /**
   * By function: the digest of the code it runs, the files behind it (once they were bundled), the variables
   * it has.
   */
  readonly #running = new Map<string, string>();
  readonly #files = new Map<string, ReadonlySet<string>>();
  readonly #variables = new Map<string, Record<string, string>>();
  /** By automation: its declaration and what that imports. */
  readonly #declared = new Map<string, ReadonlySet<string>>();
  #functions: readonly LiveFunction[] = [];
  /** Changes of which only what is near was brought up to date. */
  #left: string[] = [];
  /** What was said last about needed deployments: said once, not at every save. */
  #told = '';

  private constructor(options: UpdateOptions) {
    this.#options = options;
  }

  static async start(options: UpdateOptions): Promise<Updater> {
    const updater = new Updater(options);
    updater.#functions = await liveFunctions(options.endpoint, options.stacks, options.assembly);
    for (const { name, deployed, variables } of updater.#functions) {
      updater.#running.set(name, digest(await readFile(deployed)));
      updater.#variables.set(name, { ...variables });
    }
    return updater;
  }

  /**
   * Nearest first: the functions of the automation that was changed, then what its declaration is part of, then all others.
   * @param files from the root of the repository, with `/`
   * @param since when the first of them was written, by `performance.now()`
   * @param more whether another change waits: what is not near is then left to that one
   */
  async update(files: readonly string[], since = performance.now(), more = () => false): Promise<void> {
    const { root, settings, log } = this.#options;
    let change = changeOf(files, since);
    try {
      const whole = files.some(isStructure);
      // Quicker than a synthesis, and what it refuses updates nothing.
      if (!whole && this.#declares(change)) await checkDeclarations(root, settings);
      const near = whole
        ? []
        : this.#concernedBy(change).filter((fn) => change.owners.has(fn.automation ?? ''));
      let done = await this.#swap(near, change);
      if (more()) {
        this.#left.push(...files);
        return;
      }
      change = changeOf([...new Set([...this.#left, ...files])], since);
      this.#left = [];
      const declares = this.#declares(change);
      if (declares) done = (await this.#declare()) || done;
      const shared = change.files.some((file) => !file.startsWith('automations/'));
      const others = this.#concernedBy(change, declares).filter(
        (fn) => !near.some(({ name }) => name === fn.name),
      );
      if (declares || shared) done = (await this.#swap(others, change)) || done;
      if (shared && !declares) done = (await this.#declare()) || done;
      if (!done)
        log(`${change.what} changed → ${isVersion(change) ? NEW_VERSION : 'what runs stays the same'}`);
    } catch (error) {
      if (!(error instanceof BundleError || error instanceof SynthError)) throw error;
      log(`${change.what} changed, and has an error; the old code stays:\n${indented(error.message)}`);
    }
  }

  /** Whether what synth reads is among it: the application, or a declaration with what that imports. */
  #declares({ files }: Change): boolean {
    return files.some((file) => {
      if (isStructure(file)) return true;
      const declared = this.#declared.get(ownerOf(file) ?? '');
      return /\/automation\.ts$/.test(file) || declared?.has(resolve(this.#options.root, file));
    });
  }

  /**
   * Reads what is declared now, and says what only a deployment can do.
   * @returns whether there was something to say
   */
  async #declare(): Promise<boolean> {
    const { endpoint, root, stateDir, settings, stacks, log } = this.#options;
    const directory = join(stateDir, 'watch');
    const next = await synthQuickly(root, directory, settings);
    // What lies beside a bundle is in the assembly that was deployed: this one has no bundles.
    const deployed = new Map(this.#functions.map((fn) => [fn.name, fn.deployed]));
    const live = await liveFunctions(endpoint, next, directory);
    this.#functions = live.map((fn) => ({ ...fn, deployed: deployed.get(fn.name) ?? fn.deployed }));
    for (const fn of this.#functions) {
      const variables = this.#changedVariables(fn);
      if (!variables) continue;
      await noteSwapped(stateDir, [fn.name]);
      await this.#put({ fn, code: undefined, variables });
    }
    const needed = differencesInWords(differences(next, stacks)).join('\n');
    const news = needed !== '' && needed !== this.#told;
    if (news) log(`${needed}\nstop and start again to deploy it: the state is kept`);
    this.#told = needed;
    return news;
  }

  /**
   * Those that carry a file, those that were never bundled here, and all where something is declared that
   * others may carry.
   */
  #concernedBy({ files }: Change, declares = false): LiveFunction[] {
    const changed = files.map((file) => resolve(this.#options.root, file));
    return this.#functions.filter(({ name }) => {
      const known = this.#files.get(name);
      return !known || declares || changed.some((file) => known.has(file));
    });
  }

  /** @returns whether one was updated */
  async #swap(functions: readonly LiveFunction[], { what, owners, since }: Change): Promise<boolean> {
    let done = false;
    for (const pass of passesOf(functions)) {
      const updated = await this.#bring(pass);
      if (updated.length === 0) continue;
      done = true;
      const who = functionsInWords(updated, owners);
      this.#options.log(`${what} changed → ${who} updated in ${seconds(performance.now() - since)}`);
    }
    return done;
  }

  /** Bundles these functions and updates those whose code or variables are others now. */
  async #bring(pass: readonly LiveFunction[]): Promise<LiveFunction[]> {
    const { root, stateDir, eventSources } = this.#options;
    const { bundles, behind } = await bundle(pass, root);
    for (const [{ name, automation }, { files }] of bundles) {
      this.#files.set(name, files);
      const declaration = join(root, 'automations', automation ?? '', 'automation.ts');
      if (automation) this.#declared.set(automation, behind(declaration));
    }
    const changes = [...bundles].flatMap(([fn, { code, parts }]): Put[] => {
      const variables = this.#changedVariables(fn);
      const other = this.#running.get(fn.name) !== digest(code);
      return other || variables ? [{ fn, code: other ? code : undefined, parts, variables }] : [];
    });
    if (changes.length === 0) return [];
    const names = new Set(changes.map(({ fn }) => fn.name));
    await noteSwapped(stateDir, names);
    await eventSources.holding(names, async () => {
      for (const change of changes) await this.#put(change);
    });
    return changes.map(({ fn }) => fn);
  }

  async #put({ fn, code, parts, variables }: Put): Promise<void> {
    const { endpoint } = this.#options;
    if (variables) await putVariables(endpoint, fn.name, variables);
    if (code) await putCode(endpoint, fn, code, parts);
    if (code) this.#running.set(fn.name, digest(code));
    this.#variables.set(fn.name, { ...this.#variables.get(fn.name), ...variables });
  }

  #changedVariables({ name, automation, variables }: LiveFunction): Record<string, string> | undefined {
    const has = this.#variables.get(name) ?? {};
    const wanted = {
      ...variables,
      // Made from the folder at synth; the thinking may have changed since.
      ...(automation && 'POLICY_VERSION' in variables
        ? { POLICY_VERSION: policyVersion(join(this.#options.root, 'automations', automation)) }
        : {}),
    };
    const changed = Object.entries(wanted).filter(([variable, value]) => has[variable] !== value);
    return changed.length > 0 ? Object.fromEntries(changed) : undefined;
  }
}

/** What the whole application is made of. */
function isStructure(file: string): boolean {
  return /^(?:bin|lib|statemachines)\/|^signalbox\.config\.ts$/.test(file);
}

function ownerOf(file: string): string | undefined {
  return /^automations\/([^/]+)\//.exec(file)?.[1];
}

function digest(code: Uint8Array): string {
  return createHash('sha256').update(code).digest('hex');
}

const indented = (text: string) => text.replaceAll(/^(?=.)/gm, '  ');
