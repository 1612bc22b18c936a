import type { Command, Input } from '../command.ts';
import { localOutputs } from '../connect.ts';
import { UsageError } from '../errors.ts';
import { count, usd } from '../format.ts';
import type { Synced } from '../knowledge/sync.ts';
import { stageOption } from '../stage.ts';
import { printJson, type Terminal } from '../terminal.ts';

export const knowledge: Command = {
  name: 'knowledge',
  summary: 'Put documents where automations search them',
  usage: `signalbox knowledge sync <collection> <folder|s3://bucket/prefix> [options]

  --vectors E   compare passages by meaning, too, with vectors of the endpoint E
                of the configuration, which gets their text; computed for
                passages that changed. Without it they are found by their words
  --dry-run     read and count, ask no model, write nothing
  --stage S     whose collection. Default: dev
  --local       of the local run

Markdown, text, HTML and PDF, up to 20 MB each; what is not taken is named. The
collection becomes what the folder holds: what is gone there is removed. It is
replaced at once, and functions notice within a minute. With the AWS credentials
at hand.`,
  example: ['knowledge', 'sync', 'handbook', 'docs', '--dry-run'],
  arguments: ['sync', 'collection', 'folder'],
  options: { vectors: 'text', 'dry-run': 'flag', stage: 'text', local: 'flag' },
  async run(input, terminal) {
    const verb = input.argument(0);
    if (verb !== 'sync')
      throw new UsageError(`'${verb}' is not a verb of knowledge: type`, ['knowledge', '--help']);
    const synced = await synchronise(input, terminal);
    if (input.json) return printJson(terminal, synced);
    for (const line of told(synced, input)) terminal.out(line);
  },
};

async function synchronise(input: Input, terminal: Terminal): Promise<Synced> {
  const collection = input.argument(1) ?? '';
  const from = input.argument(2) ?? '';
  // Loaded here: the other commands need neither AWS nor the readers of documents.
  const [{ cutOf, sync }, { knowledgeBucket }, places, { declaredOf, reachOf, vectorsOf }] =
    await Promise.all([
      import('../knowledge/sync.ts'),
      import('../knowledge/store.ts'),
      import('../knowledge/documents.ts'),
      import('../knowledge/reach.ts'),
    ]);
  const local = input.flag('local') ? await localOutputs() : undefined;
  if (local && input.option('stage') !== undefined)
    throw new UsageError('--local is a stage of its own: leave out --stage');
  const stage = local ? 'local' : stageOption(input);
  const { automations, config } = await declaredOf(local);
  const { apart } = cutOf(collection, automations);
  const aws = await reachOf(terminal, local);
  const endpoint = input.option('vectors');
  return sync({
    ...{ aws, collection, apart, now: terminal.now(), write: !input.flag('dry-run') },
    bucket: await knowledgeBucket(aws, stage),
    place: from.startsWith('s3://') ? await places.bucketPlace(aws, from) : await places.folderPlace(from),
    vectors: endpoint === undefined ? undefined : vectorsOf(config, stage, endpoint),
    progress: (text) => terminal.err(text),
  });
}

function told(synced: Synced, input: Input): string[] {
  const { collection, documents, passages, added, changed, removed, left, suspicious, embedded, written } =
    synced;
  const dry = input.flag('dry-run');
  const some = (what: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`  ${count(names.length)} ${what}: ${shortened(names)}`];
  const changes = added.length + changed.length + removed.length;
  return [
    `${collection}: ${count(documents)} ${documents === 1 ? 'document' : 'documents'}, ${count(passages)} passages`,
    ...some('added', added),
    ...some('changed', changed),
    ...some('removed', removed),
    ...left.map(({ name, why }) => `  left out: ${name} ${why}`),
    ...some('with words to a model, which make a person look', suspicious),
    embedded
      ? `  vectors of ${count(embedded.passages)} passages, about ${usd(embedded.usd)}`
      : '  found by words alone: --vectors <endpoint> compares by meaning, too',
    written
      ? `written as ${synced.version}: functions notice within a minute`
      : dry
        ? 'nothing was written: leave out --dry-run to do it'
        : changes === 0
          ? 'nothing has changed'
          : 'nothing was written',
  ];
}

const MOST_NAMES = 5;

function shortened(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return [...names.slice(0, MOST_NAMES), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
