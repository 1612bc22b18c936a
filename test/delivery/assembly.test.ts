import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { acceptedIn, commitOf } from '../../delivery/accepted.ts';
import { MANIFEST, seal, unseal } from '../../delivery/assembly.ts';
import { deployedLike } from '../../delivery/deployed.ts';

const OF = { environment: 'prod', account: '111122223333', region: 'eu-central-1', commit: 'a'.repeat(40) };

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'signalbox-assembly-'));
  mkdirSync(join(directory, 'asset.1'));
  writeFileSync(join(directory, 'asset.1/index.mjs'), 'export const handler = () => 1;');
  writeFileSync(join(directory, 'a.template.json'), '{"Resources":{}}');
  write('Signalbox-prod-platform', 'aws://111122223333/eu-central-1');
});

function write(stackName: string, environment: string): void {
  const properties = { templateFile: 'a.template.json', stackName };
  const artifacts = { a: { type: 'aws:cloudformation:stack', environment, properties } };
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ artifacts }));
}

describe('an assembly', () => {
  it('is what it was made as, and has the same digest each time', async () => {
    const { digest } = await seal(directory, OF);
    expect((await unseal(directory, 'prod', digest)).manifest).toMatchObject(OF);
  });

  it.each<[string, () => void, RegExp]>([
    [
      'a byte of a function is another',
      () => writeFileSync(join(directory, 'asset.1/index.mjs'), 'export const handler = () => 2;'),
      /changed after it was made: asset\.1\/index\.mjs/,
    ],
    ['a file is gone', () => rmSync(join(directory, 'a.template.json')), /a\.template\.json/],
    [
      'a file is there that was not',
      () => writeFileSync(join(directory, 'asset.1/more.mjs'), ''),
      /more\.mjs/,
    ],
    [
      'something lies packed in it, which the CDK would publish as it is',
      () => {
        mkdirSync(join(directory, '.cache'));
        writeFileSync(join(directory, '.cache/1.zip'), 'other');
      },
      /\.cache\/1\.zip/,
    ],
    [
      'a file that is called a lock is there',
      () => writeFileSync(join(directory, 'payload.lock'), 'other'),
      /payload\.lock/,
    ],
    [
      'a lock of the CDK is there, which could be an asset',
      () => writeFileSync(join(directory, 'synth.lock'), 'other'),
      /synth\.lock/,
    ],
    [
      'a file is a link to elsewhere',
      () => symlinkSync('/etc/hostname', join(directory, 'asset.1/link')),
      /link is neither file nor folder/,
    ],
    ['its manifest is gone', () => rmSync(join(directory, MANIFEST)), /no kept assembly/],
    [
      'its manifest is none',
      () => writeFileSync(join(directory, MANIFEST), '{"environment":"prod"}'),
      /does not say/,
    ],
  ])('is not deployed where %s', async (_, change, says) => {
    await seal(directory, OF);
    change();
    await expect(unseal(directory, 'prod')).rejects.toThrow(says);
  });

  it('is deployed to no other environment', async () => {
    await seal(directory, OF);
    await expect(unseal(directory, 'staging')).rejects.toThrow(
      "was made for 'prod', and is not deployed to 'staging'",
    );
  });

  it('that was changed together with its manifest has another digest than the one that was made', async () => {
    const { digest } = await seal(directory, OF);
    writeFileSync(join(directory, 'asset.1/index.mjs'), 'export const handler = () => 2;');
    await seal(directory, OF);
    await expect(unseal(directory, 'prod', digest)).rejects.toThrow('it is another assembly'.slice(3));
  });

  it.each([
    ['a stack that goes elsewhere', 'Signalbox-prod-platform', 'aws://999999999999/eu-central-1'],
    ['a stack that goes anywhere', 'Signalbox-prod-platform', 'aws://unknown-account/unknown-region'],
    ['a stack of another environment', 'Signalbox-dev-platform', 'aws://111122223333/eu-central-1'],
  ])('has no %s', async (_, stack, place) => {
    write(stack, place);
    await expect(seal(directory, OF)).rejects.toThrow(stack);
  });
});

describe('an assembly has all that its deployment reads', () => {
  const assets = (content: object) =>
    writeFileSync(join(directory, 'a.assets.json'), JSON.stringify(content));
  const asset = (source: object) => assets({ files: { 1: { source } } });
  const artifact = (more: object) => {
    const { artifacts } = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8'));
    const manifest = { artifacts: { ...artifacts, 'a.assets': more } };
    writeFileSync(join(directory, 'manifest.json'), JSON.stringify(manifest));
  };
  const withAssets = () => artifact({ type: 'cdk:asset-manifest', properties: { file: 'a.assets.json' } });
  const legacy = { '/a': [{ type: 'aws:cdk:asset', data: { path: '../elsewhere' } }] };

  it.each<[string, () => void, RegExp]>([
    ['an asset beside the folder', () => asset({ path: '../elsewhere' }), /'\.\.\/elsewhere' lies outside/],
    ['an asset at an address of the machine', () => asset({ path: '/etc/hostname' }), /lies outside/],
    ['an asset through the folder and out', () => asset({ path: 'asset.1/../../x' }), /lies outside/],
    ['an asset that a program makes', () => asset({ executable: ['sh', '-c', 'x'] }), /made by a program/],
    [
      'an image',
      () => assets({ dockerImages: { 1: { source: { directory: 'asset.1' } } } }),
      /is built when it is deployed/,
    ],
    [
      'assets that are told elsewhere',
      () => artifact({ type: 'cdk:asset-manifest', properties: { file: '../a.assets.json' } }),
      /lies outside/,
    ],
    ['assets that are told nowhere', () => {}, /a\.assets\.json/],
    ['an assembly within it', () => artifact({ type: 'cdk:cloud-assembly' }), /within the assembly/],
    ['an asset of the older kind', () => artifact({ type: 'x', metadata: legacy }), /lies outside/],
    [
      'an asset of the older kind, told in a file',
      () => {
        writeFileSync(join(directory, 'more.json'), JSON.stringify(legacy));
        artifact({ type: 'x', additionalMetadataFile: 'more.json' });
      },
      /lies outside/,
    ],
  ])('%s is refused, when it is made and when it is opened', async (_, change, says) => {
    await seal(directory, OF);
    withAssets();
    change();
    await expect(seal(directory, OF)).rejects.toThrow(says);
    forge();
    await expect(unseal(directory, 'prod')).rejects.toThrow(says);
  });

  /** Its hashes are those of what lies there now. */
  function forge(): void {
    const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name !== MANIFEST && statSync(join(directory, name)).isFile(),
    );
    const sha256 = (name: string) =>
      createHash('sha256')
        .update(readFileSync(join(directory, name)))
        .digest('hex');
    const files = Object.fromEntries(names.map((name) => [name, sha256(name)]));
    writeFileSync(join(directory, MANIFEST), JSON.stringify({ ...OF, files }));
  }

  it('assets in its folder are taken', async () => {
    withAssets();
    asset({ path: 'asset.1', packaging: 'zip' });
    await expect(seal(directory, OF)).resolves.toBeDefined();
  });

  it('locks that the CDK left are none of it', async () => {
    const { digest } = await seal(directory, OF);
    for (const name of ['synth.lock', 'read.12.1.lock']) writeFileSync(join(directory, name), '');
    expect((await seal(directory, OF)).digest).toBe(digest);
    expect(existsSync(join(directory, 'synth.lock'))).toBe(false);
  });
});

describe('the stack of CloudFront’s rules', () => {
  it('goes to the one region that takes them', async () => {
    write('Signalbox-prod-platform-edge', 'aws://111122223333/us-east-1');
    await expect(seal(directory, OF)).resolves.toBeDefined();
    write('Signalbox-prod-platform-edge', 'aws://111122223333/eu-central-1');
    await expect(seal(directory, OF)).rejects.toThrow("'prod' is at aws://111122223333/us-east-1");
    write('Signalbox-prod-platform', 'aws://111122223333/us-east-1');
    await expect(seal(directory, OF)).rejects.toThrow("'prod' is at aws://111122223333/eu-central-1");
  });

  it('is compared with what is deployed there', async () => {
    write('Signalbox-prod-platform-edge', 'aws://111122223333/us-east-1');
    const { manifest } = await seal(directory, OF);
    const template = { Resources: { rules: { Type: 'AWS::WAFv2::WebACL' } } };
    const at = async (region: string) =>
      ({
        cloudformation: async (action: string) => {
          if (action === 'GetTemplate') return `<TemplateBody>${JSON.stringify(template)}</TemplateBody>`;
          const name = region === 'us-east-1' ? 'Signalbox-prod-platform-edge' : 'Signalbox-prod-platform';
          return `<StackName>${name}</StackName><StackStatus>CREATE_COMPLETE</StackStatus>`;
        },
      }) as never;
    expect(Object.keys(await deployedLike({ directory, manifest }, at)).sort()).toEqual([
      'Signalbox-prod-platform',
      'Signalbox-prod-platform-edge',
    ]);
    write('Signalbox-prod-platform', 'aws://111122223333/eu-central-1');
    expect(Object.keys(await deployedLike({ directory, manifest }, at))).toEqual(['Signalbox-prod-platform']);
  });
});

describe('a commit', () => {
  let root: string;
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', env: { ...process.env, ...WHO } }).trim();
  const WHO = {
    ...{ GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@example.com', GIT_CONFIG_GLOBAL: '/dev/null' },
    ...{ GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@example.com', GIT_CONFIG_SYSTEM: '/dev/null' },
  };
  const commit = (...message: string[]): string => {
    git('commit', '--allow-empty', '-q', ...message.flatMap((part) => ['-m', part]));
    return git('rev-parse', 'HEAD');
  };
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'signalbox-accepted-'));
    git('init', '-q');
    writeFileSync(join(root, 'file'), '1');
    git('add', 'file');
  });

  it('accepts by name what it says at its end, for the delivery that brings it', async () => {
    const first = commit('one', 'Signalbox-Accept: platform/old');
    const second = commit(
      'two',
      'Because it is empty.\n\nSignalbox-Accept: platform/items\nSignalbox-Accept: platform/output/ApiUrl',
    );
    const third = commit('three');
    expect(await acceptedIn(root, first, third)).toEqual(
      new Set(['platform/items', 'platform/output/ApiUrl']),
    );
    expect(await acceptedIn(root, second, third)).toEqual(new Set());
  });

  it('accepts nothing in the middle of its text, by a pattern, or for everything', async () => {
    const first = commit('one');
    const second = commit(
      'two',
      'Signalbox-Accept: platform/items\n\nis what one could write.',
      'Signalbox-Accept: *',
    );
    expect(await acceptedIn(root, first, second)).toEqual(new Set());
  });

  it('counts alone where what is deployed is no ancestor of it', async () => {
    commit('one', 'Signalbox-Accept: platform/old');
    const second = commit('two', 'Signalbox-Accept: platform/items');
    for (const from of [undefined, 'b'.repeat(40), '--output=x'])
      expect(await acceptedIn(root, from, second)).toEqual(new Set(['platform/items']));
    expect(existsSync(join(root, 'x'))).toBe(false);
  });

  it('that is not in this checkout accepts nothing', async () => {
    commit('one', 'Signalbox-Accept: platform/items');
    expect(await acceptedIn(root, undefined, 'c'.repeat(40))).toEqual(new Set());
  });

  it('is what is synthesised, and nothing beside it', async () => {
    const only = commit('one');
    expect(await commitOf(root)).toBe(only);
    writeFileSync(join(root, 'file'), '2');
    await expect(commitOf(root)).rejects.toThrow(/in no commit/);
    expect(readFileSync(join(root, 'file'), 'utf8')).toBe('2');
  });
});
