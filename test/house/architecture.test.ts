import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ENV, type HandlerName } from '../../lambdas/shared/env.ts';
import { type Source, sources, withoutComments } from '../support/sources.ts';
import { ofType, references, synthesise } from '../support/synth.ts';

/** Who may import whom; a folder may always import itself. A stage is a folder of lambdas/, and so is each part of process/. */
const MAY_IMPORT: Record<string, string[]> = {
  bin: ['lib'],
  lib: ['lambdas/shared'],
  automations: ['lambdas/shared'],
  'lambdas/shared': [],
  'lambdas/<stage>': ['lambdas/shared'],
};
/** Whoever starts the house may reach into it, and nobody reaches back. */
const OUTSIDE = ['local', 'test', 'bench', 'cli'];

/** What the sandbox model knows of an automation: it lies in the automation's folder, and no function carries it. */
const OF_SANDBOX = /^automations\/[^/]+\/sandbox(?:\.ts$|\/)/;

const SHIPPED = ['bin', 'lib', 'automations', 'lambdas'];
const house = sources(...SHIPPED);
const everything = sources(...SHIPPED, ...OUTSIDE);

/** The room a file stands in: `lib`, `automations/refund-request`, `lambdas/act`, `lambdas/process/route` … */
function roomOf(path: string): string {
  const [top = '', second = '', third = ''] = path.split('/');
  if (top === 'lambdas' && second === 'process' && !third.includes('.')) return `lambdas/process/${third}`;
  if (top === 'lambdas') return `lambdas/${second}`;
  if (top === 'automations' && !second.includes('.')) return `automations/${second}`;
  return top;
}

function allowed(from: string, to: string): boolean {
  if (OF_SANDBOX.test(from) && to.startsWith('local/sandbox/')) return true;
  const [own, other] = [roomOf(from), roomOf(to)];
  if (own === other) return true;
  // The processor puts its own parts in order.
  if (own === 'lambdas/process') return other === 'lambdas/shared' || other.startsWith('lambdas/process/');
  if (own.startsWith('lambdas/process/'))
    return other === 'lambdas/shared' || to === 'lambdas/process/context.ts';
  if (own.startsWith('lambdas/') && own !== 'lambdas/shared')
    return MAY_IMPORT['lambdas/<stage>']?.includes(other) ?? false;
  const [top = ''] = own.startsWith('lambdas/') ? [own] : own.split('/');
  return (MAY_IMPORT[top] ?? []).some((room) => other === room || other.startsWith(`${room}/`));
}

const ours = (target: string) => /^(?:bin|lib|automations|lambdas|local|test|bench|cli)\//.test(target);

describe('imports', () => {
  it('point one way', () => {
    const wrong = house.flatMap(({ path, imports }) =>
      imports
        .filter((target) => ours(target) && !allowed(path, target))
        .map((target) => `${path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('of local/ are made by what is never deployed', () => {
    const wrong = everything
      .filter(({ path }) => !/^(?:local|test|bench)\//.test(path) && !OF_SANDBOX.test(path))
      .flatMap(({ path, imports }) =>
        imports.filter((it) => it.startsWith('local/')).map((it) => `${path} imports ${it}`),
      );
    // The operator's command finds the run of this machine by itself; it knows where that writes its addresses, and no more.
    expect(
      wrong.filter(
        (it) =>
          !/^cli\/.* imports local\/(?:outputs|state)\.ts$|^cli\/signalbox\.mjs imports local\/bootstrap\.mjs$/.test(
            it,
          ),
      ),
    ).toEqual([]);
  });

  it('of what the sandbox knows are made by the sandbox alone: no function carries it', () => {
    const wrong = everything.flatMap(({ path, imports }) =>
      imports
        .filter((it) => OF_SANDBOX.test(it) && !OF_SANDBOX.test(path))
        .map((it) => `${path} imports ${it}`),
    );
    expect(wrong).toEqual([]);
    expect(house.filter(({ path }) => OF_SANDBOX.test(path)).length).toBeGreaterThan(0);
  });

  it('exist, with their ending', () => {
    const missing = everything.flatMap(({ path, imports }) =>
      imports.filter((target) => ours(target) && !existsSync(target)).map((target) => `${path}: ${target}`),
    );
    expect(missing).toEqual([]);
  });

  it('take an automation only through its slot, so that one entry file serves all', () => {
    const wrong = house.filter(
      ({ path, imports }) =>
        path.startsWith('lambdas/') && imports.some((it) => it.startsWith('automations/')),
    );
    expect(wrong).toEqual([]);
    const slots = house.filter(({ imports }) =>
      imports.some((it) => /^@(?:automation\/|registry$|desk$|declarations$|endpoints$)/.test(it)),
    );
    expect(slots.map(({ path }) => path).every((path) => path.endsWith('.lambda.ts'))).toBe(true);
  });

  it('within the desk lead to decisions and not from them: every channel decides through the same code', () => {
    const room = (path: string) => /^lambdas\/approve\/(\w+)\//.exec(path)?.[1] ?? '';
    const wrong = house.flatMap(({ path, imports }) =>
      imports.filter(
        (target) =>
          room(path) === 'decision' && room(target) !== 'decision' && /lambdas\/approve/.test(target),
      ),
    );
    expect(wrong).toEqual([]);
  });

  it('of the model client are made in one file', () =>
    expect(importers(/^openai(?:\/|$)/)).toEqual(['lambdas/process/model/call.ts']));

  it('lead to a model through one door: routed, budgeted, paced, and remembered', () => {
    const from = (name: string, file: string) =>
      house
        .filter(({ code }) =>
          new RegExp(`import \\{[^}]*\\b${name}\\b[^}]*\\} from '[^']*/${file}\\.ts'`).test(code),
        )
        .map(({ path }) => path.replace('lambdas/process/model/', ''));
    expect(from('call', 'call')).toEqual(['ladder.ts']);
    expect(from('Ladder', 'ladder')).toEqual(['step.ts']);
    expect(from('embeddings', 'embed-call')).toEqual(['embed.ts']);
    expect(from('embedder', 'embed')).toEqual(['step.ts']);
    expect(from('keyOf', 'call')).toEqual(['embed-call.ts', 'opinion.ts']);
    expect(from('secondOpinion', 'opinion')).toEqual(['embed.ts', 'ladder.ts']);
    // Outside the plane: the door, and what its waits are to an item.
    const inside = house.flatMap(({ path, imports }) =>
      roomOf(path) === 'lambdas/process/model'
        ? []
        : imports
            .filter((target) => roomOf(target) === 'lambdas/process/model')
            .map((target) => `${path} -> ${target}`.replaceAll('lambdas/process/', '')),
    );
    expect(inside.sort()).toEqual([
      'process.ts -> model/step.ts',
      'waiting.ts -> model/budget.ts',
      'waiting.ts -> model/waiting-error.ts',
    ]);
  });

  it('of endpoints, with the names of their secrets, are made where a model is asked or named', () =>
    expect(importers(/^@endpoints$/)).toEqual([
      ...[
        'lambdas/api/api.lambda.ts',
        'lambdas/operate/probe.lambda.ts',
        'lambdas/process/process.lambda.ts',
      ],
    ]));

  it('of CDK are made in bin/ and lib/ only', () => {
    expect(importers(/^(?:aws-cdk-lib|constructs)/).every((path) => /^(?:bin|lib)\//.test(path))).toBe(true);
  });

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
    // Two verbs on one bucket, over signed fetch: ADR 0009.
    expect(where(/new \w+Client\(/)).toEqual(['lambdas/shared/clients.ts', 'lambdas/shared/content.ts']);
  });

  it('reads the clock', () =>
    expect(where(/\bDate\.now\(|new Date\(\)/)).toEqual(['lambdas/shared/clock.ts']));

  it('reads the environment table; the others read what Lambda itself sets', () => {
    expect(where(/process\.env\[/)).toEqual(['lambdas/shared/env.ts']);
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
    const long = sources(...SHIPPED, 'local', 'cli', 'bench')
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
      const folder = `lambdas/${handler.split('/')[0]}/`;
      const code = house.filter(({ path }) => path.startsWith(folder)).map(({ code: text }) => text);
      return names
        .filter((name) => !code.some((text) => text.includes(`env.${name}`)))
        .map((name) => `${handler} ${name}`);
    });
    expect(unread).toEqual([]);
  });

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
  const PAGES = ['approve/console', 'approve/desk', 'approve/slack'];

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
    expect(new Set(answering)).toEqual(new Set(['api/api', 'intake/intake', 'operate/probe', ...PAGES]));
    const doorless = [...new Set(answering)].filter((handler) => {
      const entry = house.find(({ path }) => path === `lambdas/${handler}.lambda.ts`);
      return !/apiHandler\(/.test(entry?.code ?? '');
    });
    expect(doorless.sort()).toEqual(PAGES);
  });

  it('lie in a folder that is a stage, or serves all stages', () => {
    const folders = readdirSync('lambdas').sort();
    expect(folders).toEqual([
      ...['act', 'api', 'approve', 'authorize', 'intake', 'observe', 'operate', 'process', 'shared'],
    ]);
  });
});
