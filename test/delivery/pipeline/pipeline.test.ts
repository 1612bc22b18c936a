import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeByHand, deployedIn } from './account.ts';
import { filled } from './expressions.ts';
import { run, type Step, workflow } from './workflow.ts';
import { ACCOUNTS, makeWorld, type World } from './world.ts';

/* The workflows themselves, run as they are written: only what they use of others is played. */

interface Given {
  keys?: string;
  may?: string[];
  more?: object;
  note?: string;
}

/** An application of one table, one role and one function. `note` changes nothing but the function. */
function app({ keys = 'id', may = ['dynamodb:GetItem'], more = {}, note = '1' }: Given = {}): object {
  const at = (path: string) => ({ 'aws:cdk:path': `Signalbox-STAGE-platform/${path}/Resource` });
  return {
    'Signalbox-STAGE-platform': {
      Resources: {
        items: {
          Type: 'AWS::DynamoDB::Table',
          Properties: { KeySchema: [{ AttributeName: keys, KeyType: 'HASH' }] },
          Metadata: at('data/items'),
        },
        role: { Type: 'AWS::IAM::Role', Properties: {}, Metadata: at('api/reader role') },
        policy: {
          Type: 'AWS::IAM::Policy',
          Properties: {
            Roles: [{ Ref: 'role' }],
            PolicyDocument: {
              Statement: [{ Effect: 'Allow', Action: may, Resource: { 'Fn::GetAtt': ['items', 'Arn'] } }],
            },
          },
        },
        reader: { Type: 'AWS::Lambda::Function', Properties: { Description: note } },
        ...more,
      },
      Outputs: { Items: { Value: { Ref: 'items' } } },
    },
  };
}

let world: World;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => world.stop());

const push = () => run('deliver.yml', world.stage);

async function pull(base: string, fork = false) {
  const stage = {
    ...world.stage,
    github: {
      repository: 'acme/signalbox',
      event: {
        pull_request: {
          number: 7,
          base: { sha: base },
          head: { repo: { full_name: fork ? 'eve/signalbox' : 'acme/signalbox' } },
        },
      },
    },
  };
  return run('pull-request.yml', stage);
}

const noteIn = (environment: 'staging' | 'prod') => {
  const stack = deployedIn(world.played, ACCOUNTS[environment])[`Signalbox-${environment}-platform`];
  return (stack?.Resources as { reader?: { Properties: { Description: string } } } | undefined)?.reader
    ?.Properties.Description;
};

describe('a pull request', { timeout: 900_000 }, () => {
  it('is tested, synthesised and linted, and its comment tells what it would do: rights and money first', async () => {
    const base = world.commit(app());
    const alarm = { Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmName: 'more' } };
    world.commit(app({ may: ['dynamodb:GetItem', 'dynamodb:DeleteItem'], more: { alarm } }));
    const ran = await pull(base);
    expect(ran.jobs).toEqual({ tests: 'success', plan: 'success', comment: 'success' });
    expect(ran.steps.map((it) => it.split('/').slice(1).join('/'))).toEqual(
      expect.arrayContaining([
        'audit success',
        'npm test success',
        'synth success',
        'cfn-lint success',
        'diff success',
        'comment success',
      ]),
    );
    const comment = world.comment();
    expect(comment).toContain('## What this does to `prod`');
    expect(comment).toContain('**Rights get wider in 1 place.**');
    expect(comment).toContain(
      '- **role api/reader role** (Signalbox-prod-platform)\n  - `dynamodb:DeleteItem` on `<items.Arn>`',
    );
    expect(comment).toMatch(/\*\*Standing cost: US\$ 0\.0\d → 0\.1\d a month \(\+0\.10\)\.\*\*/);
    expect(comment).toContain('Resources, as the CDK shows them');
    expect(world.played.calls).toEqual([]);
  });

  it('that would replace a table is refused by name, and says so in the comment', async () => {
    const base = world.commit(app());
    world.commit(app({ keys: 'pk' }));
    const ran = await pull(base);
    expect(ran.jobs).toEqual({ tests: 'success', plan: 'failure', comment: 'success' });
    expect(world.comment()).toContain(
      'table data/items of Signalbox-prod-platform would be replaced by an empty one: KeySchema differs',
    );
    expect(world.comment()).toContain('Signalbox-Accept: platform/items');
  });

  it('of a fork gets no comment, and nothing of it runs with a right to write', async () => {
    const base = world.commit(app());
    world.commit(app({ note: '2' }));
    expect((await pull(base, true)).jobs.comment).toBe('skipped');
  });
});

describe('a merge', { timeout: 900_000 }, () => {
  it('goes to staging, is tried there, waits for approval, and goes to production unchanged', async () => {
    const asked: string[] = [];
    world.stage.approves = (environment) => {
      asked.push(environment);
      // What is approved is what was deployed and tried.
      if (environment === 'prod') expect(noteIn('staging')).toBe('1');
      if (environment === 'prod') expect(noteIn('prod')).toBeUndefined();
      return true;
    };
    world.commit(app());
    const ran = await push();
    expect(ran.jobs).toMatchObject({ build: 'success', staging: 'success', prod: 'success' });
    expect(asked).toEqual(['staging', 'prod']);
    const own = (prefix: string) =>
      ran.steps
        .filter((it) => it.startsWith(prefix) && !/actions|npm ci/.test(it))
        .map((it) => it.split('/').at(-1));
    const whole = ['check success', 'deploy success', 'smoke test success', 'watch success', 'keep success'];
    expect(own('staging.')).toEqual(whole);
    expect(own('prod.')).toEqual(whole);
    expect([noteIn('staging'), noteIn('prod')]).toEqual(['1', '1']);
    expect(ran.said['smoke test']).toMatch(/item-1 is done/);
    expect(world.played.calls).toContain('POST /v1/automations/refund-request/items');
  });

  it('with a known vulnerability in what is deployed goes nowhere', async () => {
    world.stage.env.FAILS = 'run dependencies -- audit';
    world.commit(app());
    expect((await push()).jobs).toMatchObject({ build: 'failure', staging: 'skipped', prod: 'skipped' });
  });

  it('that nobody approves stays out of production', async () => {
    world.stage.approves = (environment) => environment !== 'prod';
    world.commit(app());
    expect((await push()).jobs).toMatchObject({ staging: 'success', prod: 'failure' });
    expect([noteIn('staging'), noteIn('prod')]).toEqual(['1', undefined]);
  });

  it('after which an alarm goes off in production is taken back to the last good assembly', async () => {
    world.commit(app());
    await push();
    world.commit(app({ note: '2' }));
    world.stage.approves = (environment) => {
      if (environment === 'prod')
        world.played.alarms.push({ name: 'signalbox-prod: api/errors', says: 'urgent: callers get errors' });
      return true;
    };
    const ran = await push();
    expect(ran.jobs).toMatchObject({ staging: 'success', prod: 'failure' });
    expect(ran.steps).toEqual(
      expect.arrayContaining(['prod.deliver/watch failure', 'prod.deliver/rollback success']),
    );
    expect([noteIn('staging'), noteIn('prod')]).toEqual(['2', '1']);
    expect(ran.said.watch).toContain('signalbox-prod: api/errors: urgent: callers get errors');
  });

  it('whose smoke test parks goes no further than staging, and not even stays there', async () => {
    world.commit(app());
    await push();
    world.commit(app({ note: '2' }));
    world.played.rests = 'parked';
    const ran = await push();
    expect(ran.jobs).toMatchObject({ staging: 'failure', prod: 'skipped' });
    expect([noteIn('staging'), noteIn('prod')]).toEqual(['1', '1']);
  });

  it('that would drop a table is refused before anything changes; a commit that accepts it by name is not', async () => {
    world.commit(app());
    await push();
    world.commit(app({ keys: 'pk', note: '2' }));
    const refused = await push();
    expect(refused.steps.filter((it) => /staging.*(deploy|rollback)/.test(it))).toEqual([]);
    expect(refused.jobs).toMatchObject({ staging: 'failure', prod: 'skipped' });
    expect(noteIn('staging')).toBe('1');
    world.commit(app({ keys: 'pk', note: '2' }), 'It was empty.', 'Signalbox-Accept: platform/items');
    // The commit after it says nothing: the history between what is deployed and it counts.
    world.commit(app({ keys: 'pk', note: '3' }), 'more');
    const accepted = await push();
    expect(accepted.jobs).toMatchObject({ staging: 'success', prod: 'success' });
    expect(noteIn('prod')).toBe('3');
  });
});

describe('a rollback by hand', { timeout: 900_000 }, () => {
  const byHand = (commit = '') => {
    const inputs = { environment: 'prod', commit };
    return run('rollback.yml', { ...world.stage, inputs });
  };

  it('goes to the version before, and none that fails later comes back to what was taken back', async () => {
    for (const note of ['1', '2']) {
      world.commit(app({ note }));
      await push();
    }
    expect((await byHand()).jobs).toEqual({ rollback: 'success' });
    expect(noteIn('prod')).toBe('1');
    world.commit(app({ note: '3' }));
    world.stage.approves = (environment) => {
      if (environment === 'prod') world.played.judged.push('signalbox-prod-refund-request: workflow/failed');
      return true;
    };
    const ran = await push();
    expect(ran.steps).toContain('prod.deliver/rollback success');
    expect(noteIn('prod')).toBe('1');
  });

  it('waits for no run that waits for its approval', () => {
    const given = { inputs: { environment: 'prod' } };
    const groupsOf = (name: string) => {
      const { concurrency, jobs } = workflow(name);
      const all = [concurrency, ...Object.values(jobs).map((job) => job.concurrency)];
      return all.flatMap((it) => (it === undefined ? [] : [String(filled(it.group, given))]));
    };
    const others = readdirSync('.github/workflows').filter((name) => name !== 'rollback.yml');
    const [own, ...more] = groupsOf('rollback.yml');
    expect([own, more]).toEqual(['rollback-prod', []]);
    expect(others.flatMap(groupsOf)).toContain('deliver');
    expect(others.flatMap(groupsOf)).not.toContain(own);
  });
});

it('a stack that was changed by hand is found by the drift check', { timeout: 900_000 }, async () => {
  world.commit(app());
  await push();
  const drift = (environment: string) => run('drift.yml', { ...world.stage, matrix: { environment } });
  expect((await drift('prod')).jobs).toEqual({ drift: 'success' });
  const template = JSON.parse(JSON.stringify(app({ may: ['dynamodb:*'] })).replaceAll('STAGE', 'prod'));
  changeByHand(world.played, ACCOUNTS.prod, 'Signalbox-prod-platform', template['Signalbox-prod-platform']);
  const found = await drift('prod');
  expect(found.jobs).toEqual({ drift: 'failure' });
  expect(found.said.drift).toContain('`dynamodb:*` on `<items.Arn>`');
});

describe.each(readdirSync('.github/workflows'))('%s', (name) => {
  const text = readFileSync(join('.github/workflows', name), 'utf8');
  const { jobs, permissions } = workflow(name);
  const steps: Step[] = Object.values(jobs).flatMap(({ steps: own = [] }) => own);

  it('takes actions by commit, and says which version that is', () => {
    const used = [...text.matchAll(/uses: (.+)/g)]
      .map(([, it = '']) => it)
      .filter((it) => !it.startsWith('./'));
    expect(used.filter((it) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(it))).toEqual([]);
  });

  it('has no right that a job does not ask for, and no job more than it needs', () => {
    expect(permissions).toEqual({});
    for (const [id, { permissions: own = {}, steps: inner = [], uses }] of Object.entries(jobs)) {
      const assumes = inner.some((it) => it.uses?.startsWith('aws-actions/')) || uses !== undefined;
      expect(own['id-token'] === 'write', id).toBe(assumes);
      expect(own.contents ?? 'read', id).toBe('read');
    }
  });

  it('puts no expression into a script: what it says comes by the environment', () => {
    for (const { run: script = '' } of steps) expect(script).not.toContain('${{');
  });

  it('leaves no token of the checkout behind', () => {
    for (const step of steps.filter((it) => it.uses?.startsWith('actions/checkout')))
      expect(step.with?.['persist-credentials']).toBe(false);
  });
});
