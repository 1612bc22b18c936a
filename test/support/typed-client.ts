import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { ROOT } from '../docs/fences.ts';

/* A client that a public generator makes of the API's description, and what a caller may write against it. */

const MODULES = join(ROOT, 'node_modules');

export class TypedClient {
  readonly #folder = mkdtempSync(join(tmpdir(), 'signalbox-client-'));

  /** @throws with the generator's words */
  constructor(description: object) {
    const from = join(this.#folder, 'openapi.json');
    writeFileSync(from, JSON.stringify(description));
    const generator = join(MODULES, 'oazapfts/dist/cli.js');
    const made = spawnSync(process.execPath, [generator, from, join(this.#folder, 'client.ts')], {
      encoding: 'utf8',
    });
    if (made.status !== 0) throw new Error(`no client was generated: ${made.stdout}${made.stderr}`);
  }

  /** What the compiler, at its strictest, says of a caller's file that imports `./client.ts`. */
  check(caller: string): string[] {
    writeFileSync(join(this.#folder, 'caller.ts'), caller);
    const compilerOptions = {
      ...{ strict: true, noEmit: true, skipLibCheck: true, allowImportingTsExtensions: true },
      ...{ module: 'esnext', moduleResolution: 'bundler', target: 'es2024', types: [] },
      paths: { '*': [`${MODULES}/*`] },
    };
    const tsconfig = join(this.#folder, 'tsconfig.json');
    writeFileSync(tsconfig, JSON.stringify({ compilerOptions, files: ['caller.ts'] }));
    const { stdout } = spawnSync(process.execPath, [join(MODULES, 'typescript/bin/tsc'), '-p', tsconfig], {
      encoding: 'utf8',
    });
    return stdout.split('\n').filter((line) => line.includes('error TS'));
  }

  /** Runs a caller's file: the module that it is. */
  async run<T>(caller: string): Promise<T> {
    const entry = join(this.#folder, 'caller.ts');
    const outfile = join(this.#folder, 'caller.mjs');
    writeFileSync(entry, caller);
    await build({
      ...{ entryPoints: [entry], outfile, bundle: true, format: 'esm', platform: 'node' },
      nodePaths: [MODULES],
    });
    return (await import(pathToFileURL(outfile).href)) as T;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const CLIENT = './client.ts';

/** Posts a refund request with a key of its own, reads it back, and finds it by its order and by its key. */
export const CALLER = `
import * as signalbox from '${CLIENT}';

export async function postAndRead(token: string, key: string, orderId: string) {
  signalbox.defaults.headers = { authorization: 'Bearer ' + token };
  const body = { orderId, amount: '18.50', currency: 'EUR', text: 'I was charged twice.' } as const;
  const posted = await signalbox.postRefundRequest(body, { idempotencyKey: key, signalboxPriority: 'urgent' });
  if (posted.status !== 202) return { posted: posted.status, found: undefined };
  const { id, links } = posted.data;
  const found = await signalbox.getItem(id, { wait: 20 });
  const lists = await Promise.all([signalbox.listItems({ reference: orderId }), signalbox.listItems({ key })]);
  return {
    posted: posted.status,
    self: links.self,
    found: found.status === 200 ? found.data : undefined,
    ids: lists.map((list) => (list.status === 200 ? list.data.items.map((item) => item.id) : [])),
  };
}
`;
