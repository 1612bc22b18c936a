import { beforeAll, expect, it } from 'vitest';
import { BUNDLE_METADATA } from '../../lib/parts/bundling.ts';
import { automations } from '../support/automations.ts';
import { ofType, property, type Synthesised, synthesise, text } from '../support/synth.ts';

let prod: Synthesised;
let local: Synthesised;

beforeAll(async () => {
  prod = await synthesise('prod');
  local = await synthesise('local');
});

it('leaves queues, and streams that are read in batches or by a filter, to the local pollers, and only those', () => {
  const mappings = ofType(local, 'AWS::Lambda::EventSourceMapping');
  const off = mappings.filter((mapping) => property(mapping, 'Enabled') === false);
  const streams = off.filter((mapping) => property(mapping, 'StartingPosition'));
  expect(streams).toHaveLength(4);
  // Those of approvals, callbacks and what became of mails; the work and the actions of each automation.
  const readers = automations.filter(({ documents }) => documents);
  const lanes = automations.filter((it) => it.lanes === 'separate');
  // What comes by doors that nobody waits at.
  const opened = automations.filter(
    ({ doors }) => doors?.events ?? doors?.schedules ?? doors?.mail ?? doors?.drop,
  );
  const more = readers.length + lanes.length + opened.length;
  expect(off.length - streams.length).toBe(3 + 2 * automations.length + more);
  const queues = off.filter((mapping) => !streams.includes(mapping));
  expect(queues.every((mapping) => property(mapping, 'FunctionResponseTypes'))).toBe(true);
  expect(
    mappings
      .filter((mapping) => !off.includes(mapping))
      .every((mapping) => property(mapping, 'StartingPosition')),
  ).toBe(true);
});

it('differs from production in what lib/parts/environment.ts lists, and in nothing else', () => {
  const differences = differing(flat(prod), flat(local));
  const unlisted = differences.filter((difference) => !LISTED.some((listed) => listed.test(difference)));
  expect(unlisted).toEqual([]);
  expect(LISTED.filter((listed) => !differences.some((difference) => listed.test(difference)))).toEqual([]);
});

it('tells where the sources of a bundle lie in the local stage only', () => {
  const functions = (app: Synthesised) => ofType(app, 'AWS::Lambda::Function');
  expect(functions(local).every(({ resource }) => resource.Metadata?.[BUNDLE_METADATA])).toBe(true);
  expect(functions(prod).some(({ resource }) => resource.Metadata?.[BUNDLE_METADATA])).toBe(false);
});

const LISTED = [
  // The stage is named in the command that an alarm's mail says.
  /AlarmDescription: (.*) --stage prod\b(.*) -> \1 --stage local\b\2$/,
  // Removal policies: `removal` and `protected`.
  /(?:DeletionPolicy|UpdateReplacePolicy): Retain(?:ExceptOnCreate)? -> Delete$/,
  /Properties\.DeletionProtectionEnabled: true -> false$/,
  // `pollsByItself`
  /(?:Sqs|DynamoDB)EventSource\S* Properties\.Enabled: true -> false$/,
  // `locksArchive`
  /dataauditarchive|audit archive Properties\.ObjectLock\S+: .* -> undefined$/,
  // `receivesMail`
  /\/mails (?:Type|Properties\.Rule\S*): .* -> undefined$/,
  /data\/mails\/Policy \S+: .* -> undefined$/,
  // Destinations of this machine, where their addresses lead inward.
  /act--act Properties\.Environment\.Variables\.DESTINATIONS: .* -> .*"local":true/,
  // `reservedForPeople`
  /(?:approve--page|console--console) Properties\.ReservedConcurrentExecutions: 10 -> undefined$/,
];

/** Every leaf of every resource by its place, with the names of the stage and hashes of names taken out. */
function flat(app: Synthesised): Map<string, string> {
  const leaves = new Map<string, string>();
  for (const { path, resource } of app.resources) {
    if (resource.Type === 'AWS::CDK::Metadata') continue;
    const { Metadata, ...rest } = resource;
    for (const [place, value] of leavesOf(rest, '')) leaves.set(neutral(`${path} ${place}`), neutral(value));
  }
  return leaves;
}

function leavesOf(value: unknown, place: string): [string, string][] {
  if (typeof value !== 'object' || value === null) return [[place, String(value)]];
  const keys = Object.keys(value);
  if (keys.length === 1 && /^(?:Ref|Fn::.*)$/.test(keys[0] ?? '')) return [[place, text(value)]];
  // The CDK puts resources of a right in the order of their names, of which one is the stage's.
  const members = Array.isArray(value) && place.endsWith('.Resource') ? sorted(value) : value;
  return Object.entries(members).flatMap(([key, member]) =>
    leavesOf(member, place ? `${place}.${key}` : key),
  );
}

function sorted(resources: readonly unknown[]): unknown[] {
  const name = (one: unknown) => neutral(text(one));
  return [...resources].sort((a, b) => (name(a) < name(b) ? -1 : 1));
}

function neutral(value: string): string {
  return value
    .replaceAll('<AWS::Region>', 'us-east-1')
    .replaceAll('<AWS::AccountId>', '000000000000')
    .replaceAll(/<AWS::Partition>/g, 'aws')
    .replaceAll('<AWS::URLSuffix>', 'amazonaws.com')
    .replaceAll(/([Ss]ignalbox[-./ ]?)(?:prod|local)/g, '$1STAGE')
    .replace(/^(?:prod|local)$|(?<=Signalbox )(?:prod|local)$/, 'STAGE')
    .replaceAll(/[0-9a-f]{64}|[0-9A-F]{8}/g, '#');
}

function differing(before: Map<string, string>, after: Map<string, string>): string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((place) => before.get(place) !== after.get(place))
    .map((place) => `${place}: ${before.get(place)} -> ${after.get(place)}`);
}
