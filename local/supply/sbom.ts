import type { Deployed } from './deployed.ts';
import { type Locked, nameOf } from './lock.ts';

/*
 * CycloneDX 1.6 of what is deployed: the packages of which a bundle carries code or data. `npm sbom` tells of what is installed,
 * thirty times as much, the emulator of rights and the test runner among it.
 */

interface Made {
  version: string;
  commit: string | undefined;
  at: Date;
}

interface Component {
  type: 'library';
  'bom-ref': string;
  name: string;
  version: string;
  purl: string;
  licenses: { expression: string }[];
  hashes?: { alg: 'SHA-512'; content: string }[];
  properties: { name: string; value: string }[];
}

const property = (name: string, value: string) => ({ name: `signalbox:${name}`, value });

/** `@aws-sdk/core` is `pkg:npm/%40aws-sdk/core@1.0.0`. */
const purlOf = (name: string, version: string) => `pkg:npm/${name.replace('@', '%40')}@${version}`;

/** What npm checks a download by is the hash of the package's archive. */
function hashesOf({ integrity }: Locked): Pick<Component, 'hashes'> {
  const [, digest] = /^sha512-(\S+)/.exec(integrity ?? '') ?? [];
  return digest
    ? { hashes: [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }] }
    : {};
}

function componentOf(key: string, locked: Locked, functions: readonly string[]): Component {
  const name = nameOf(key);
  const purl = purlOf(name, locked.version);
  return {
    ...{ type: 'library', 'bom-ref': purl, name, version: locked.version, purl },
    licenses: [{ expression: locked.license ?? 'NOASSERTION' }],
    ...hashesOf(locked),
    properties: functions.map((one) => property('function', one)),
  };
}

/** @throws Error for a package in a bundle that is not locked */
export function sbomOf(deployed: Deployed, packages: Readonly<Record<string, Locked>>, made: Made): object {
  const refs = new Map<string, string>();
  const components = [...deployed].map(([key, functions]) => {
    const locked = packages[key];
    if (!locked) throw new Error(`${key} is in a bundle and not in package-lock.json`);
    const component = componentOf(key, locked, functions);
    refs.set(key, component['bom-ref']);
    return component;
  });
  const root = `pkg:npm/signalbox@${made.version}`;
  return {
    ...{ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 },
    metadata: {
      timestamp: made.at.toISOString(),
      lifecycles: [{ phase: 'build' }],
      component: { type: 'application', 'bom-ref': root, name: 'signalbox', version: made.version },
      properties: made.commit ? [property('commit', made.commit)] : [],
    },
    components,
    dependencies: [
      { ref: root, dependsOn: [...refs.values()] },
      ...[...refs].map(([key, ref]) => ({ ref, dependsOn: neededBy(key, packages, refs) })),
    ],
  };
}

/** Of what a package depends on, that which is deployed: the copy that Node.js would find from where it lies. */
function neededBy(
  key: string,
  packages: Readonly<Record<string, Locked>>,
  refs: ReadonlyMap<string, string>,
): string[] {
  return Object.keys(packages[key]?.dependencies ?? {}).flatMap((name) => {
    const homes = key
      .split('/node_modules/')
      .map((_, at, all) => all.slice(0, all.length - at).join('/node_modules/'));
    const found = [...homes.map((home) => `${home}/node_modules/${name}`), `node_modules/${name}`];
    return refs.get(found.find((it) => packages[it]) ?? '') ?? [];
  });
}
