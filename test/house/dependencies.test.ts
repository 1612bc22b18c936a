import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Deployed, deployedPackages } from '../../local/supply/deployed.ts';
import { mayBeDeployed } from '../../local/supply/licences.ts';
import { lockedPackages, manifest, nameOf } from '../../local/supply/lock.ts';
import { withTables } from '../../local/supply/page.ts';
import { direct, publishedDays, tooYoung } from '../../local/supply/published.ts';
import { PURPOSES } from '../../local/supply/purposes.ts';
import { sources } from '../support/sources.ts';

/* What we take from others, as it is locked and as it is bundled. */

const packages = lockedPackages();
const { dependencies, devDependencies } = manifest();
let deployed: Deployed;
beforeAll(async () => {
  deployed = await deployedPackages();
});

describe('a dependency', () => {
  it('is pinned to one version', () => {
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
      // Of types the newest for our Node.js: nothing of them runs.
      ([name, version]) => !/^\d+\.\d+\.\d+$/.test(version) && name !== '@types/node',
    );
    expect(loose).toEqual([]);
  });

  it('is locked with the hash of its archive', () => {
    const bundledIn = (entry: object) => 'inBundle' in entry || 'bundled' in entry;
    const without = Object.entries(packages).filter(
      ([key, entry]) => key !== '' && !bundledIn(entry) && !entry.integrity?.startsWith('sha512-'),
    );
    expect(without.map(([key]) => key)).toEqual([]);
  });

  it('has a purpose, and a reason not to be code of ours', () => {
    const names = Object.keys({ ...dependencies, ...devDependencies }).sort();
    expect(Object.keys(PURPOSES).sort()).toEqual(names);
  });

  it('has been public for a week', () => {
    expect(tooYoung(publishedDays(), new Date())).toEqual([]);
    expect(Object.keys(publishedDays())).toEqual(direct());
  });
});

describe('what is deployed', () => {
  it('is under licences that ask for nothing of whoever deploys it', () => {
    expect(deployed.size).toBeGreaterThan(20);
    const others = [...deployed.keys()].filter((key) => !mayBeDeployed(packages[key]?.license));
    expect(others).toEqual([]);
  });

  it('holds nothing that is for development only', () => {
    const names = [...deployed.keys()].filter((key) => packages[key]?.dev || nameOf(key) in devDependencies);
    expect(names).toEqual([]);
  });

  it('is the reason for every package whose engines lie beside a bundle', () => {
    for (const name of ['@embedpdf/pdfium', 'tesseract.js-core', '@tesseract.js-data/eng'])
      expect(deployed.get(`node_modules/${name}`)).toEqual(['read/read']);
    expect(deployed.get('node_modules/openai')).toContain('process/process');
  });
});

it('what is under AGPL is imported by tests alone', () => {
  const agpl = Object.keys(packages).filter((key) => packages[key]?.license?.includes('AGPL'));
  expect(agpl.length).toBeGreaterThan(0);
  const used = sources('bin', 'lib', 'lambdas', 'automations', 'cli', 'local', 'bench').filter(
    ({ imports }) => imports.some((target) => agpl.some((key) => target.startsWith(nameOf(key)))),
  );
  expect(used.map(({ path }) => path)).toEqual([]);
});

it('docs/dependencies.md is as `npm run dependencies` makes it', () => {
  const page = readFileSync('docs/dependencies.md', 'utf8');
  const given = { deployed, packages, days: publishedDays(), manifest: manifest() };
  expect(page).toBe(withTables(page, given));
});
