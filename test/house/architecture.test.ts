import { describe, expect, it } from 'vitest';
import { ENV, type HandlerName } from '../../lambdas/contract/env.ts';
import { roomOf } from '../support/law.ts';
import { type Source, sources, withoutComments } from '../support/sources.ts';
import { ofType, references, synthesise } from '../support/synth.ts';

/** Whoever starts the house may reach into it, and nobody reaches back. */
const OUTSIDE = ['local', 'test', 'bench', 'cli', 'delivery'];

const SHIPPED = ['bin', 'lib', 'automations', 'lambdas'];
const house = sources(...SHIPPED);
const everything = sources(...SHIPPED, ...OUTSIDE);

describe('imports', () => {
  it('of the model client are made in one file, and of its files and batches in another; the requests take its types', () => {
    const chosen = house.filter(({ imports }) => imports.some((it) => /^openai(?:\/|$)/.test(it)));
    expect(chosen.map(({ path }) => path)).toEqual([
      'lambdas/models/batch/provider.ts',
      'lambdas/models/wire/chat.ts',
      'lambdas/models/wire/client.ts',
      'lambdas/models/wire/embeddings.ts',
    ]);
    const carrying = chosen.filter(({ code }) => /import(?:\(| (?!type)[^;]*)'openai/.test(code));
    // Files and batches are its own: ADR 0107.
    expect(carrying.map(({ path }) => path)).toEqual([
      ...['lambdas/models/batch/provider.ts', 'lambdas/models/wire/client.ts'],
    ]);
  });

  it('lead to a model through one door: routed, budgeted, paced, and remembered', () => {
    const from = (name: string, file: string) =>
      house
        .filter(({ code }) =>
          // Also where it is imported when it is first needed.
          [
            `import \\{[^}]*\\b${name}\\b[^}]*\\} from '[^']*/${file}\\.ts'`,
            `import\\('[^']*/${file}\\.ts'\\)\\.then\\(\\(\\{[^}]*\\b${name}\\b`,
            `\\{[^}]*\\b${name}\\b[^}]*\\} = await import\\('[^']*/${file}\\.ts'\\)`,
          ].some((it) => new RegExp(it).test(code)),
        )
        .map(({ path }) => path.replace('lambdas/models/', ''));
    expect(from('send', 'client')).toEqual(['wire/opinion.ts', 'lambdas/operate/probe/endpoint.ts']);
    expect(from('exchange', 'client')).toEqual(['wire/chat.ts', 'wire/embeddings.ts']);
    expect(from('chat', 'chat')).toEqual(['answer/chat-call.ts']);
    expect(from('embeddings', 'embeddings')).toEqual(['embed.ts', 'similar/vector.ts']);
    expect(from('vectorOf', 'vector')).toEqual(['similar/similar.ts']);
    expect(from('ModelStep', 'chat')).toEqual(['agent/agent.ts', 'step.ts']);
    expect(from('asker', 'chat-call')).toEqual(['agent/turn.ts']);
    expect(from('payTurn', 'turn')).toEqual(['agent/agent.ts']);
    expect(from('runAgent', 'seldom')).toEqual(['step.ts']);
    expect(from('reserve', 'budget')).toEqual(['paid-call.ts']);
    expect(from('enter', 'permit')).toEqual([
      ...['lambdas/act/destination.ts', 'paid-call.ts', 'lambdas/outbound/source.ts'],
    ]);
    expect(from('secondOpinion', 'opinion')).toEqual(['paid-call.ts']);
    expect(from('pay', 'paid-call')).toEqual(['fallback.ts']);
    expect(from('FallbackChain', 'fallback')).toEqual([
      ...['agent/turn.ts', 'chat.ts', 'embed.ts', 'similar/vector.ts', 'vision/vision.ts'],
    ]);
    expect(from('lookAt', 'seldom')).toEqual(['step.ts']);
    expect(from('embedder', 'seldom')).toEqual(['step.ts']);
    // Outside the plane: the door, and what its budget and its probe are to others.
    const inside = house.flatMap(({ path, imports }) =>
      imports
        .filter((target) => target.startsWith('lambdas/models/') && roomOf(path) === 'lambdas/process')
        .map((target) => `${path} -> ${target}`.replaceAll('lambdas/', '')),
    );
    expect(inside.sort()).toEqual([
      'process/given/by-model.ts -> models/step.ts',
      ...['process/given/steps.ts -> models/runner.ts', 'process/given/steps.ts -> models/step.ts'],
      'process/process.ts -> models/similar/sender.ts',
      'process/waiting.ts -> models/batch/pending.ts',
      'process/waiting.ts -> models/budget.ts',
      'process/work.ts -> models/lineage.ts',
    ]);
  });

  it('of endpoints, with the names of their secrets, are made where a model is asked or chosen', () =>
    expect(importers(/^@bundled\/endpoints$/)).toEqual([
      'lambdas/models/batch.lambda.ts',
      ...['lambdas/operate/commands.lambda.ts', 'lambdas/operate/probe.lambda.ts'],
      'lambdas/process/process.lambda.ts',
    ]));

  function importers(target: RegExp): string[] {
    return house.filter(({ imports }) => imports.some((it) => target.test(it))).map(({ path }) => path);
  }
});

describe('one place', () => {
  const where = (pattern: RegExp) =>
    house
      .filter(({ path, code }) => path.startsWith('lambdas/') && pattern.test(withoutComments(code)))
      .map(({ path }) => path);

  it('builds AWS clients', () => {
    expect(where(/new \w+Client\(/)).toEqual(['lambdas/kit/aws.ts']);
    // Objects of buckets and calls of functions, signed without a client (ADR 0009, ADR 0073), and calls to whoever knows us as AWS does.
    expect(where(/new SignatureV4\(/)).toEqual([
      ...['lambdas/kit/signed/signer.ts', 'lambdas/outbound/auth/sigv4.ts'],
    ]);
  });

  it('speaks to DynamoDB: nobody else sends a command or writes an expression', () => {
    expect(where(/\bdynamo\(\)/)).toEqual(['lambdas/kit/dynamo/rows.ts']);
    const words = /@aws-sdk\/lib-dynamodb|Expression\b|TransactItems|ConditionalCheckFailed/;
    const kit = ['aws.ts', 'dynamo/documents.ts', 'dynamo/expressions.ts', 'dynamo/rows.ts'];
    expect(where(words)).toEqual(kit.map((file) => `lambdas/kit/${file}`));
  });

  it('reads and writes rows: the stores of tables/', () => {
    const wrong = house.filter(
      ({ path, imports }) =>
        !/^lambdas\/(?:kit|tables)\//.test(path) && imports.some((it) => /^lambdas\/kit\/dynamo\//.test(it)),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it('lets servers of tests listen on a free port', () => {
    const free = everything.filter(
      ({ path, code }) => path.startsWith('test/') && /\.listen\(0\b/.test(code),
    );
    expect(free.map(({ path }) => path)).toEqual(['test/support/listening.ts']);
  });

  it('reads the clock', () => expect(where(/\bDate\.now\(|new Date\(\)/)).toEqual(['lambdas/kit/clock.ts']));

  it('reads the environment table; the others read what Lambda itself sets', () => {
    expect(where(/process\.env\[/)).toEqual(['lambdas/kit/env.ts']);
    const read = house.flatMap(({ path, code }) =>
      path.startsWith('lambdas/')
        ? [...code.matchAll(/process\.env\.(\w+)/g)].map(([, name = '']) => name)
        : [],
    );
    expect(read.filter((name) => !/^AWS_|^_X_AMZN_|^SERVICE$/.test(name))).toEqual([]);
  });
});

describe('files', () => {
  const lines = ({ code }: Source) => code.trimEnd().split('\n').length;

  it('of entry points are thin', () => {
    const thick = house.filter(
      ({ path, code }) => path.endsWith('.lambda.ts') && lines({ path, code, imports: [] }) >= 60,
    );
    expect(thick.map(({ path }) => path)).toEqual([]);
  });

  it('are short', () => {
    const long = everything
      .filter((source) => lines(source) > 300)
      .map((source) => `${source.path}: ${lines(source)}`);
    const sizes = house.map(lines).sort((a, b) => a - b);
    console.log(
      `${sizes.length} files, median ${sizes[Math.floor(sizes.length / 2)]} lines, longest ${sizes.at(-1)}`,
    );
    expect(long).toEqual([]);
  });

  it('have no any, which would switch the checks off', () => {
    const loose = house.filter(({ code }) =>
      /(?:[:<|&,(]|\bas)\s*any\b(?!\s*[\w'])|\bany\[\]/.test(withoutComments(code)),
    );
    expect(loose.map(({ path }) => path)).toEqual([]);
  });

  it('leave nothing for later', () => {
    const word = ['TODO', 'FIXME'];
    const open = everything.filter(
      ({ path, code }) =>
        path !== 'test/house/architecture.test.ts' && word.some((it) => new RegExp(`\\b${it}\\b`).test(code)),
    );
    expect(open.map(({ path }) => path)).toEqual([]);
  });
});

describe('functions', () => {
  it('have one row in the environment table and one entry file each', () => {
    const entries = house.flatMap(({ path }) => /^lambdas\/(.+)\.lambda\.ts$/.exec(path)?.[1] ?? []);
    expect(entries.sort()).toEqual(Object.keys(ENV).sort());
  });

  it('is told nothing it does not read', () => {
    const unread = Object.entries(ENV).flatMap(([handler, names]) => {
      const code = bundleOf(`lambdas/${handler}.lambda.ts`).map((it) => it.code);
      return names
        .filter((name) => !code.some((text) => new RegExp(`(?:\\benv\\.|[{,] ?)${name}\\b`).test(text)))
        .map((name) => `${handler} ${name}`);
    });
    expect(unread).toEqual([]);
  });

  /** The entry file and every file of ours that it imports, directly or through others. */
  function bundleOf(entry: string): Source[] {
    const found = new Map<string, Source>();
    const open = [entry];
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      const source = house.find((it) => it.path === path);
      if (!source || found.has(path)) continue;
      found.set(path, source);
      open.push(...source.imports);
    }
    return [...found.values()];
  }

  it('read their own row of the environment table', () => {
    for (const handler of Object.keys(ENV) as HandlerName[]) {
      const { code } = house.find(({ path }) => path === `lambdas/${handler}.lambda.ts`) ?? { code: '' };
      expect(
        [...code.matchAll(/readEnv\('([^']+)'\)/g)].map(([, row]) => row),
        handler,
      ).toEqual([handler]);
    }
  });

  /** For people: a browser and Slack bring no token of ours, and an error is a page. */
  const PAGES = ['approve/page', 'approve/slack', 'console/console'];

  it('that answer requests go through the one door, but for pages', async () => {
    const app = await synthesise('prod');
    const described = new Map(
      ofType(app, 'AWS::Lambda::Function').map((fn) => [
        `${fn.stack}/${fn.id}`,
        /^\[([\w/-]+)\]/.exec(String(fn.resource.Properties.Description))?.[1] ?? '',
      ]),
    );
    const answering = ofType(app, 'AWS::ApiGatewayV2::Integration').flatMap((it) =>
      references(it.resource.Properties.IntegrationUri).map((id) => described.get(`${it.stack}/${id}`)),
    );
    expect(new Set(answering)).toEqual(
      new Set([
        ...['api/api', 'api/mcp', 'intake/intake', 'operate/commands', 'operate/erase', 'operate/probe'],
        'operate/verify',
        ...PAGES,
      ]),
    );
    const doorless = [...new Set(answering)].filter((handler) => {
      const entry = house.find(({ path }) => path === `lambdas/${handler}.lambda.ts`);
      return !/apiHandler\(/.test(entry?.code ?? '');
    });
    expect(doorless.sort()).toEqual(PAGES);
  });
});
