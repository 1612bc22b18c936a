import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Played, playAccount } from './account.ts';
import type { Stage } from './workflow.ts';

/* A repository, two accounts, and stand-ins for `npm`, `cdk` and `gh`. The delivery itself is the real one. */

export const ACCOUNTS = { staging: '111111111111', prod: '222222222222' };
const ROOT = process.cwd();
const NODE = process.execPath;

/** Deploys by writing a file; synthesises what `app.json` of the commit says. */
const CDK = `#!${NODE}
const { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync, existsSync } = require('node:fs');
const { join } = require('node:path');
const [command, ...args] = process.argv.slice(2);
const after = (name) => args[args.indexOf(name) + 1];
const env = process.env;
if (command === 'synth') {
  if (env.AWS_ACCESS_KEY_ID) throw new Error('synthesised with credentials');
  const stage = args.find((it) => it.startsWith('stage=')).slice(6);
  const out = after('--output');
  const account = JSON.parse(env.ACCOUNTS)[stage];
  const stacks = JSON.parse(readFileSync('app.json', 'utf8').replaceAll('STAGE', stage));
  mkdirSync(join(out, 'asset.1'), { recursive: true });
  writeFileSync(join(out, 'asset.1/index.mjs'), JSON.stringify(stacks));
  const artifacts = {};
  for (const [stackName, template] of Object.entries(stacks)) {
    writeFileSync(join(out, stackName + '.template.json'), JSON.stringify(template));
    artifacts[stackName] = { type: 'aws:cloudformation:stack', environment: 'aws://' + account + '/eu-central-1',
      properties: { stackName, templateFile: stackName + '.template.json' } };
  }
  writeFileSync(join(out, 'manifest.json'), JSON.stringify({ artifacts }));
} else if (command === 'diff') {
  console.log('Resources, as the CDK shows them');
} else if (command === 'deploy') {
  const app = after('--app');
  const folder = join(env.STACKS, env.AWS_ACCESS_KEY_ID);
  mkdirSync(folder, { recursive: true });
  // As the real one does: what is packed stays in the assembly.
  mkdirSync(join(app, '.cache'), { recursive: true });
  writeFileSync(join(app, '.cache', 'asset.zip'), 'packed');
  for (const file of readdirSync(app).filter((it) => it.endsWith('.template.json')))
    copyFileSync(join(app, file), join(folder, file.replace('.template', '')));
  console.log('deployed ' + app);
} else throw new Error('cdk ' + command);
`;

const npm = () => `#!/bin/bash
echo "npm $*" >> "$WORLD/npm.log"
if [ "$2" = -s ]; then set -- "$1" "\${@:3}"; fi
if [ "$1 $2" = "run deliver" ]; then
  shift 3
  if [ "$1" = lint ] && [ -z "$LINT" ]; then exit 0; fi
  # The minutes of a watch go by at once: it looks once.
  if [ "$1" = watch ]; then set -- "$1" "$2" --minutes 0; fi
  exec ${NODE} ${join(ROOT, 'delivery/main.ts')} "$@"
fi
if [ -n "$FAILS" ] && [ "$*" = "$FAILS" ]; then exit 1; fi
exit 0
`;

/** Comments only with the right to. */
const GH = `#!/bin/bash
case "$GH_TOKEN" in *'"pull-requests":"write"'*) ;; *) echo "no right to comment" >&2; exit 1;; esac
while [ "$1" != --body-file ]; do shift; done
cp "$2" "$WORLD/comment.md"
`;

export interface World {
  root: string;
  played: Played;
  stage: Stage;
  /** A commit of this application. @returns its id */
  commit(app: object, ...message: string[]): string;
  comment(): string;
  stop(): Promise<void>;
}

export async function makeWorld(): Promise<World> {
  const world = mkdtempSync(join(tmpdir(), 'signalbox-pipeline-'));
  const [root, bin, artifacts] = ['repository', 'bin', 'artifacts'].map((name) => join(world, name)) as [
    string,
    string,
    string,
  ];
  for (const folder of [root, bin, artifacts]) mkdirSync(folder);
  for (const [name, text] of Object.entries({ cdk: CDK, npm: npm(), gh: GH })) {
    writeFileSync(join(bin, name), text);
    chmodSync(join(bin, name), 0o755);
  }
  const played = await playAccount(join(world, 'stacks'));
  const pins = Object.fromEntries(
    Object.entries(ACCOUNTS).map(([name, account]) => [name, { account, region: 'eu-central-1' }]),
  );
  writeFileSync(
    join(root, 'signalbox.config.ts'),
    `import own from ${JSON.stringify(resolve('signalbox.config.ts'))};
export default { ...own, environments: ${JSON.stringify(pins)} };
`,
  );
  writeFileSync(join(root, '.gitignore'), 'assemblies/\n');
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
  const git = (...args: string[]) =>
    execFileSync('git', [...who, ...args], { cwd: root, encoding: 'utf8' }).trim();
  git('init', '-q', '-b', 'main');
  const env = {
    ...{ WORLD: world, STACKS: played.folder, ACCOUNTS: JSON.stringify(ACCOUNTS) },
    ...{ AWS_ENDPOINT_URL: played.url, AWS_EC2_METADATA_DISABLED: 'true', NO_PROXY: '127.0.0.1' },
  };
  const environments = Object.fromEntries(
    Object.entries(ACCOUNTS).flatMap(([name, account]) => {
      const vars = {
        SIGNALBOX_ROLE: account,
        AWS_REGION: 'eu-central-1',
        SMOKE_AUTOMATION: 'refund-request',
        SMOKE_EXAMPLE: 'a small one',
      };
      return [
        [name, { vars, secrets: { SIGNALBOX_TOKEN: 'sb_1' } }],
        [`${name}-read`, { vars, secrets: {} }],
      ];
    }),
  );
  const stage: Stage = {
    github: {},
    ...{ bin, env, environments },
    approves: () => true,
    standIns: {
      'actions/checkout': (given, { workspace }) => {
        const depth = String(given['fetch-depth']) === '0' ? [] : ['--depth', '1'];
        execFileSync('git', ['clone', '-q', ...depth, `file://${root}`, workspace]);
      },
      'actions/setup-node': (given) => {
        if (String(given['node-version']) !== '24') throw new Error('another Node.js');
      },
      'actions/upload-artifact': ({ name, path }, { workspace }) =>
        cpSync(join(workspace, String(path)), join(artifacts, String(name)), { recursive: true }),
      'actions/download-artifact': ({ name, path }, { workspace }) =>
        cpSync(join(artifacts, String(name)), join(workspace, String(path)), { recursive: true }),
      'aws-actions/configure-aws-credentials': (given, { job, env: later }) => {
        if (job.permissions?.['id-token'] !== 'write') throw new Error('no right to an identity');
        // A stand-in for the role: its account.
        Object.assign(later, {
          ...{ AWS_ACCESS_KEY_ID: String(given['role-to-assume']), AWS_SECRET_ACCESS_KEY: 'x' },
          AWS_REGION: String(given['aws-region']),
        });
      },
    },
  };
  return {
    ...{ root, played, stage },
    commit: (app, first = 'a change', ...more) => {
      const message = [first, ...more];
      writeFileSync(join(root, 'app.json'), JSON.stringify(app));
      git('add', '-A');
      git('commit', '-q', '--allow-empty', ...message.flatMap((part) => ['-m', part]));
      return git('rev-parse', 'HEAD');
    },
    comment: () => readFileSync(join(world, 'comment.md'), 'utf8'),
    stop: () => played.stop(),
  };
}
