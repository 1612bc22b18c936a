import { describe, expect, it } from 'vitest';
import { audit, judged } from '../../local/supply/audit.ts';
import { mayBeDeployed } from '../../local/supply/licences.ts';
import { nameOf, packageOf } from '../../local/supply/lock.ts';
import { withTables } from '../../local/supply/page.ts';
import { COOL_DAYS, tooYoung } from '../../local/supply/published.ts';
import { sbomOf } from '../../local/supply/sbom.ts';

/* What `npm run dependencies` and `npm run sbom` say, over packages made up. */

describe('the package of a file in a bundle', () => {
  it.each([
    ['node_modules/zod/v4/core/util.js', 'node_modules/zod'],
    ['../../node_modules/@aws-sdk/core/dist-es/index.js', 'node_modules/@aws-sdk/core'],
    ['node_modules/a/node_modules/@b/c/index.js', 'node_modules/a/node_modules/@b/c'],
    ['lambdas/act/act.ts', undefined],
  ])('%s', (file, key) => expect(packageOf(file)).toBe(key));

  it('has a name', () => expect(nameOf('node_modules/a/node_modules/@b/c')).toBe('@b/c'));
});

describe('a licence under which a package may be deployed', () => {
  it.each(['MIT', 'Apache-2.0', '(MIT OR GPL-3.0-or-later)', 'MIT AND ISC'])('is %s', (licence) =>
    expect(mayBeDeployed(licence)).toBe(true),
  );
  it.each(['AGPL-3.0-or-later', 'GPL-2.0', 'MIT AND AGPL-3.0-only', 'BUSL-1.1', 'SEE LICENSE', undefined])(
    'is not %s',
    (licence) => expect(mayBeDeployed(licence)).toBe(false),
  );
});

describe('cooling', () => {
  const today = new Date('2026-11-29T12:00:00Z');
  it('refuses a version that is too young, and one of which nobody knows', () => {
    const days = { 'old@1.0.0': '2026-11-22', 'young@2.0.0': '2026-11-23' };
    const found = tooYoung(days, today, ['old@1.0.0', 'young@2.0.0', 'unknown@3.0.0']);
    expect(found).toEqual([
      `young@2.0.0: published 2026-11-23, 6 days ago; ${COOL_DAYS} are asked for`,
      expect.stringContaining('unknown@3.0.0'),
    ]);
  });
});

describe('an audit', () => {
  const vulnerable = (name: string, node: string) => ({
    [name]: { name, severity: 'high', via: [{ title: 'Prototype pollution' }, 'other'], nodes: [node] },
  });
  const report = (vulnerabilities: object) => async () =>
    JSON.stringify({ auditReportVersion: 2, vulnerabilities });
  const deployed = new Set(['node_modules/zod']);

  it('fails for what is known of a deployed package', async () => {
    const { lines, fails } = judged(await audit(report(vulnerable('zod', 'node_modules/zod'))), deployed);
    expect(fails).toBe(true);
    expect(lines).toEqual([
      'DEPLOYED: zod (high): Prototype pollution; by other',
      'audit: 1 vulnerable of 1 deployed packages, 0 in development only',
    ]);
  });

  it('tells what is known of others, and goes on', async () => {
    const other = report({
      ...vulnerable('vitest', 'node_modules/vitest'),
      ...vulnerable('zod', 'node_modules/a/node_modules/zod'),
    });
    const { lines, fails } = judged(await audit(other), deployed);
    expect(fails).toBe(false);
    expect(lines).toHaveLength(3);
    expect(lines[1]).toContain('development only: zod');
  });

  it('says that nothing is known where the registry answers none', async () => {
    const refused = async () => JSON.stringify({ message: '405 Method Not Allowed', error: {} });
    for (const npm of [refused, async () => '', async () => '{}']) {
      const { lines, fails } = judged(await audit(npm), deployed);
      expect(fails).toBe(false);
      expect(lines).toEqual([expect.stringContaining('audit SKIPPED')]);
    }
    expect(judged(await audit(refused), deployed).lines[0]).toContain('405');
  });
});

describe('the SBOM', () => {
  const integrity = `sha512-${Buffer.from('digest').toString('base64')}`;
  const packages = {
    'node_modules/a': {
      version: '1.0.0',
      license: 'MIT',
      integrity,
      dependencies: { '@b/c': '^2', gone: '1' },
    },
    'node_modules/@b/c': { version: '3.0.0', license: 'ISC' },
    'node_modules/a/node_modules/@b/c': { version: '2.0.0', license: 'ISC' },
    'node_modules/gone': { version: '1.0.0', license: 'ISC' },
  };
  const made = { version: '0.1.0', commit: 'abc', at: new Date('2026-11-29T00:00:00Z') };

  it('names what is deployed, by hash and function, and what of it needs what', () => {
    const deployed = new Map([
      ['node_modules/a', ['act/act']],
      ['node_modules/@b/c', ['api/api']],
      ['node_modules/a/node_modules/@b/c', ['act/act']],
    ] as const);
    const sbom = sbomOf(deployed, packages, made) as {
      components: { purl: string }[];
      dependencies: { ref: string; dependsOn: string[] }[];
      metadata: object;
    };
    expect(sbom.components.map(({ purl }) => purl)).toEqual([
      'pkg:npm/a@1.0.0',
      'pkg:npm/%40b/c@3.0.0',
      'pkg:npm/%40b/c@2.0.0',
    ]);
    expect(sbom.components[0]).toMatchObject({
      licenses: [{ expression: 'MIT' }],
      hashes: [{ alg: 'SHA-512', content: Buffer.from('digest').toString('hex') }],
      properties: [{ name: 'signalbox:function', value: 'act/act' }],
    });
    expect(sbom.dependencies.find(({ ref }) => ref === 'pkg:npm/a@1.0.0')?.dependsOn).toEqual([
      'pkg:npm/%40b/c@2.0.0',
    ]);
    expect(sbom.metadata).toMatchObject({ properties: [{ name: 'signalbox:commit', value: 'abc' }] });
  });

  it('knows no package that is not locked', () => {
    expect(() => sbomOf(new Map([['node_modules/x', ['act/act']]]), packages, made)).toThrow(
      'node_modules/x is in a bundle and not in package-lock.json',
    );
  });
});

it('the page keeps its words, and is refused without its marks', () => {
  const given = {
    ...{ deployed: new Map(), packages: {}, days: {} },
    manifest: { dependencies: {}, devDependencies: {} },
  };
  const page = 'Before.\n<!-- dependencies:begin -->\nold\n<!-- dependencies:end -->\nAfter.';
  expect(withTables(page, given)).toMatch(/^Before\.[\s\S]+After\.$/);
  expect(withTables(page, given)).not.toContain('old');
  expect(() => withTables('no marks', given)).toThrow('lost the marks');
});
