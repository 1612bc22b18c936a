import { execFile, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { build, KEPT_BUILDS, NOWHERE } from '../../lib/parts/builds/kept.ts';
import { PARTS } from '../../lib/parts/bundling.ts';

/* Builds that are kept over the syntheses of one run: as good as new ones, or not used. */

const scratch = mkdtempSync(join(tmpdir(), 'signalbox-kept-'));
afterAll(() => rmSync(scratch, { recursive: true }));

let count = 0;
let kept: string;
let root: string;
beforeEach(() => {
  count += 1;
  kept = join(scratch, `kept-${count}`);
  root = `${join(scratch, `root-${count}`)}/`;
  mkdirSync(root);
  write(
    root,
    'entry.ts',
    `import { part } from ${JSON.stringify('./part.ts')};\nimport { own } from '@bundled/own';\nconsole.log(part, own);\n`,
  );
  write(root, 'part.ts', "export const part = 'the first part';\n");
  vi.stubEnv(KEPT_BUILDS, kept);
  return () => vi.unstubAllEnvs();
});

const write = (folder: string, name: string, text: string) => writeFileSync(join(folder, name), text);

/** A module as synth makes it: each time in another folder. */
function own(text = 'of its own'): string {
  const folder = mkdtempSync(join(scratch, 'own-'));
  write(folder, 'own.mjs', `export const own = ${JSON.stringify(text)};\n`);
  return join(folder, 'own.mjs');
}

function built({ from = root, alias = own(), target = 'node24' } = {}): string {
  const { files } = build({
    ...{ entryPoints: [join(from, 'entry.ts')], absWorkingDir: from, outfile: `${NOWHERE}/index.mjs` },
    ...{
      bundle: true,
      format: 'esm',
      platform: 'node',
      target,
      logLevel: 'silent',
      alias: { '@bundled/own': alias },
    },
  });
  return Buffer.from(files['index.mjs'] ?? '').toString();
}

/** Builds that were made, as each is kept. */
const made = () => readdirSync(kept).reduce((sum, key) => sum + readdirSync(join(kept, key)).length, 0);

describe('a build', () => {
  it('is made once for modules that say the same, wherever they lie', () => {
    const first = built();
    expect(first).toContain('the first part');
    expect(built()).toBe(first);
    expect(made()).toBe(1);
  });

  it('is made once for a copy of the repository too', () => {
    write(root, 'part.ts', `export const part = ${JSON.stringify('at any place')};\n`);
    const copy = `${join(scratch, `copy-${count}`)}/`;
    cpSync(root, copy, { recursive: true });
    const first = built();
    expect(built({ from: copy })).toBe(first);
    expect(made()).toBe(1);
  });

  it('is made anew when a file behind it says something else, and the one before is still known', () => {
    const first = built();
    write(root, 'part.ts', "export const part = 'the other part';\n");
    expect(built()).toContain('the other part');
    write(root, 'part.ts', "export const part = 'the first part';\n");
    expect(built()).toBe(first);
    expect(made()).toBe(2);
  });

  it('is made anew when a file behind it is gone', () => {
    built();
    rmSync(join(root, 'part.ts'));
    expect(() => built()).toThrow();
  });

  it('is made anew for another module, and by other options', () => {
    built();
    expect(built({ alias: own('another') })).toContain('another');
    built({ target: 'node20' });
    expect(made()).toBe(3);
  });

  it('is made beside one that never ends: whoever made it was killed', () => {
    built();
    const [key = ''] = readdirSync(kept);
    rmSync(join(kept, key), { recursive: true });
    const claim = join(kept, `${key}.claim`);
    mkdirSync(claim);
    const long = new Date(Date.now() - 60_000);
    utimesSync(claim, long, long);
    expect(built()).toContain('the first part');
  });

  it('waits while another process makes it, and takes what that one has kept', () => {
    const first = built();
    const [key = ''] = readdirSync(kept);
    // It is half made: the one that makes it puts it there in the end.
    renameSync(join(kept, key), join(scratch, key));
    mkdirSync(join(kept, `${key}.claim`));
    const done = `const fs = require('node:fs');
      setTimeout(() => {
        fs.rmSync(${JSON.stringify(join(kept, key))}, { recursive: true, force: true });
        fs.renameSync(${JSON.stringify(join(scratch, key))}, ${JSON.stringify(join(kept, key))});
        fs.rmdirSync(${JSON.stringify(join(kept, `${key}.claim`))});
      }, 300);`;
    spawn(process.execPath, ['-e', done]);
    expect(built()).toBe(first);
    expect(existsSync(join(kept, `${key}.claim`))).toBe(false);
    expect(made()).toBe(1);
  });

  it('is the same for processes that begin together, and kept once', async () => {
    const program = join(root, 'program.mjs');
    const module = JSON.stringify(pathToFileURL(resolve('lib/parts/builds/kept.ts')));
    const options = {
      ...{ entryPoints: [join(root, 'entry.ts')], absWorkingDir: root, outfile: `${NOWHERE}/index.mjs` },
      ...{ bundle: true, format: 'esm', alias: { '@bundled/own': own() } },
    };
    writeFileSync(
      program,
      `const { build } = await import(${module});\nprocess.stdout.write(build(${JSON.stringify(options)}).files['index.mjs']);\n`,
    );
    const runs = [1, 2, 3].map(() => promisify(execFile)(process.execPath, [program]));
    const texts = (await Promise.all(runs)).map(({ stdout }) => stdout);
    expect(texts[0]).toContain('the first part');
    expect(new Set(texts).size).toBe(1);
    expect(made()).toBe(1);
  });

  it('is made each time where a module made at synth lies in a part, whose name tells where that lies', () => {
    write(root, 'entry.ts', "const { own } = await import('@bundled/own');\nconsole.log(own);\n");
    const names = [own(), own()].map((alias) => {
      const { files } = build({
        ...{
          entryPoints: [{ in: join(root, 'entry.ts'), out: 'index' }],
          absWorkingDir: root,
          outdir: NOWHERE,
        },
        ...{ bundle: true, format: 'esm', platform: 'node', ...PARTS, alias: { '@bundled/own': alias } },
      });
      return Object.keys(files).sort().join();
    });
    expect(names[0]).toMatch(/^index\.mjs,part-\w+\.mjs$/);
    expect(names[1]).not.toBe(names[0]);
    expect(made()).toBe(0);
  });

  it('is not kept where no folder is named', () => {
    vi.stubEnv(KEPT_BUILDS, '');
    built();
    expect(readdirSync(scratch)).not.toContain(`kept-${count}`);
  });
});
