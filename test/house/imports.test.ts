import { existsSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lawTable, mayImport, OF_CASES, OF_SANDBOX, ROOMS } from '../support/law.ts';
import { sources } from '../support/sources.ts';

const SHIPPED = ['bin', 'lib', 'automations', 'lambdas'];
const house = sources(...SHIPPED);
const everything = sources(...SHIPPED, 'local', 'test', 'bench', 'cli', 'delivery');
const ours = (target: string) =>
  /^(?:bin|lib|automations|lambdas|local|test|bench|cli|delivery)\//.test(target);

describe('imports', () => {
  it('follow the law, which is printed here as a table', () => {
    console.log(lawTable());
    const wrong = house.flatMap(({ path, imports }) =>
      imports
        .filter((target) => ours(target) && !mayImport(path, target))
        .map((target) => `${path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('never close a circle, not even of types', () => expect(circles()).toEqual([]));

  it('name files that exist', () => {
    const missing = everything.flatMap(({ path, imports }) =>
      imports.filter((target) => ours(target) && !existsSync(target)).map((target) => `${path}: ${target}`),
    );
    expect(missing).toEqual([]);
  });

  it('of local/ are made by what is never deployed', () => {
    const wrong = everything
      .filter(({ path }) => !/^(?:local|test|bench|delivery)\//.test(path) && !OF_SANDBOX.test(path))
      .flatMap(({ path, imports }) =>
        imports.filter((it) => it.startsWith('local/')).map((it) => `${path} imports ${it}`),
      );
    // The operator's command finds the run of this machine by itself; it knows where that writes its
    // addresses. It thinks about kept items again on this machine, as `npm run cases` does.
    expect(
      wrong.filter(
        (it) =>
          !/^cli\/.* imports local\/(?:outputs|state|rehearsal\/\w+)\.ts$|^cli\/signalbox\.mjs imports local\/bootstrap\.mjs$/.test(
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

  it('of what the cases of an automation must hold are made by nobody: it is read by npm run cases', () => {
    const wrong = everything.flatMap(({ path, imports }) =>
      imports.filter((it) => OF_CASES.test(it)).map((it) => `${path} imports ${it}`),
    );
    expect(wrong).toEqual([]);
    expect(house.filter(({ path }) => OF_CASES.test(path)).length).toBeGreaterThan(0);
  });

  it('take an automation only through its slot, so that one entry file serves all', () => {
    const slots = house.filter(({ imports }) => imports.some((it) => it.startsWith('@bundled/')));
    expect(slots.length).toBeGreaterThan(0);
    expect(slots.map(({ path }) => path).filter((path) => !path.endsWith('.lambda.ts'))).toEqual([]);
  });

  it('within approve lead to decisions and not from them: every channel decides through the same code', () => {
    const wrong = house.flatMap(({ path, imports }) =>
      path.startsWith('lambdas/approve/decision/')
        ? imports
            .filter(
              (target) =>
                /^lambdas\/approve\//.test(target) && !target.startsWith('lambdas/approve/decision/'),
            )
            .map((target) => `${path} imports ${target}`)
        : [],
    );
    expect(wrong).toEqual([]);
  });

  it('of CDK are made in bin/ and lib/ only', () => {
    const wrong = house.filter(
      ({ path, imports }) =>
        !/^(?:bin|lib)\//.test(path) && imports.some((it) => /^(?:aws-cdk-lib|constructs)/.test(it)),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });
});

describe('rooms', () => {
  it('of lambdas/ each have a row in the law', () => {
    const folders = readdirSync('lambdas').sort();
    expect(folders.filter((folder) => !(folder in ROOMS))).toEqual([]);
  });

  it('hold fifteen files at most: more are two rooms', () => {
    const sizes = Map.groupBy(house, ({ path }) => dirname(path));
    const full = [...sizes].filter(([, files]) => files.length > MOST_FILES);
    expect(full.map(([folder, files]) => `${folder}: ${files.length} files`)).toEqual([]);
  });
});

const MOST_FILES = 15;

/** Groups of files that import each other, directly or through others. */
function circles(): string[][] {
  const edges = new Map(house.map(({ path, imports }) => [path, imports.filter(ours)]));
  const reached = (from: string) => {
    const seen = new Set<string>();
    const open = [...(edges.get(from) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(edges.get(next) ?? []));
    }
    return seen;
  };
  const all = new Map([...edges.keys()].map((path) => [path, reached(path)]));
  const inCircle = [...all].filter(([path, seen]) => seen.has(path)).map(([path]) => path);
  const groups = inCircle.map((path) =>
    inCircle.filter((other) => all.get(path)?.has(other) && all.get(other)?.has(path)),
  );
  return [...new Map(groups.map((group) => [group.sort().join(), group])).values()];
}
