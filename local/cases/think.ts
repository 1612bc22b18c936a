import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type {
  Automation,
  Implementation,
  ModelRequest,
  Prompt,
  StageContext,
  StepRunner,
} from '../../lambdas/contract/automation.ts';
import { CONTENT_TYPES, type DocumentFacts } from '../../lambdas/contract/document.ts';
import type { Case } from '../../lambdas/contract/item/cases.ts';
import type { Gated } from '../../lambdas/contract/item/envelope.ts';
import type { ItemRow, LineageEntry } from '../../lambdas/contract/item/row.ts';
import type { Lookup } from '../../lambdas/contract/steps/lookup.ts';
import { putBytes } from '../../lambdas/kit/bucket/bytes.ts';
import { digest, sha256 } from '../../lambdas/kit/digest.ts';
import { InputError, ProcessingError } from '../../lambdas/kit/errors.ts';
import { putContent } from '../../lambdas/kit/objects.ts';
import type { OpenCollection } from '../../lambdas/knowledge/collections.ts';
import { documentsOf } from '../../lambdas/process/given/documents.ts';
import { stepsOf } from '../../lambdas/process/given/steps.ts';
import { vaultOf } from '../../lambdas/process/given/vault.ts';
import { withVision } from '../../lambdas/process/given/vision.ts';
import { hintsFor } from '../../lambdas/process/hinted.ts';
import { think } from '../../lambdas/process/pipeline.ts';
import { withVersions } from '../../lambdas/process/versions/versions.ts';
import { readApart } from '../../lambdas/read/apart.ts';
import { readOne } from '../../lambdas/read/stage/document.ts';
import type { KeptReading } from '../../lambdas/tables/judged/kept.ts';
import { documentNamesKey, originalKey, readingKey, readTextKey } from '../../lambdas/tables/keys.ts';
import { contentTypeOf } from '../samples-files.ts';
import { BUCKET, CONTROL_TABLE, IDEMPOTENCY_TABLE } from './account.ts';
import type { Model } from './model.ts';
import { askingHere, forgetFailures, sourcesOf, unsaidIn } from './sources.ts';

export interface Subject {
  automation: Automation;
  implementation: Implementation;
  /** Gives the indexes of its collections. @default it has none */
  open?: OpenCollection;
  /** Hears of each request before it is made. @default nobody does */
  asked?: ((request: ModelRequest<unknown>) => void) | undefined;
}

/** What one item came to, and what it cost. */
export interface Thought {
  item?: Gated;
  /** Why it was quarantined instead. */
  quarantined?: string;
  /** Steps without a usable answer: in production a person is asked then. */
  unusable: readonly string[];
  lineage: readonly LineageEntry[];
}

export interface Asked {
  id: string;
  case: Case;
  /** Prompts in place of those in use, by step. */
  prompts: Readonly<Record<string, Prompt>>;
  /** What the run may spend in all. @default without end */
  mostUsd: number;
  /** It was begun before: what was paid is remembered. */
  again: boolean;
  /** What goes by earlier items. @default nothing: a case is about one item */
  before?: Pick<StageContext, 'alone' | 'duplicateOf'>;
  /** What approvers' edits taught counts too. @default false */
  hints?: boolean;
  /** What was read of its documents before. @default the files of the case are read */
  readings?: readonly KeptReading[];
}

/**
 * One case through the processor's own stages, with its own runner of steps: routed, budgeted, repaired, handed over as a real item is.
 * What goes by earlier items (limits, duplicates, caution) counts where `before` says how.
 * @throws TransientError where the model is busy or down, or `mostUsd` does not hold a call; SystemError of wrong settings
 */
export async function thought(subject: Subject, asked: Asked, model: Model): Promise<Thought> {
  const { automation: declared, implementation, open } = subject;
  const { body, documents: files = [] } = asked.case;
  const automation = limited(declared, asked);
  const { row, refused } = asked.readings
    ? await rowRead(automation, asked.id, asked.readings)
    : await rowOf(automation, asked.id, files);
  const unusable: string[] = [];
  if (refused) return { quarantined: refused, unusable, lineage: [] };
  const vault = await vaultOf(BUCKET, row, automation);
  const runner = await stepsOf(
    {
      ...{ item: row, automation, body, feedback: [], endpoints: model.endpoints, fresh: !asked.again },
      ...{ idempotencyTable: IDEMPOTENCY_TABLE, controlTable: CONTROL_TABLE, vault, local: true, open },
      sources: sourcesOf(automation, row.id, { ...model, case: asked.case }),
    },
    () => import('../../lambdas/process/parts/seldom.ts'),
  );
  const lineage = () => runner.calls();
  try {
    const read = await documentsOf(BUCKET, row);
    const documents = read && (await withVision(read, { bucket: BUCKET, automation, step: runner }));
    const received = { id: row.id, automation: automation.name, generation: 1, body, feedback: [] };
    const hints = asked.hints
      ? hintsFor({ IDEMPOTENCY_TABLE }, automation, { documents: read, vault })
      : undefined;
    const step = { ...trying(runner, subject, asked, unusable), ...(hints ? { hinted: hints.hinted } : {}) };
    const { asked: lookedUp, searched, found } = runner;
    const context = {
      ...{ automation, implementation, step, vault, asked: lookedUp, searched, found },
      ...asked.before,
      ...(hints ? { hinted: hints.told } : {}),
    };
    const { item } = await think({ ...received, ...(documents ? { documents } : {}) }, context);
    return {
      item,
      unusable: [...unusable, ...unsaidIn(automation, row.id, model.memory)],
      lineage: lineage(),
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { quarantined: error.message, unusable, lineage: lineage() };
  } finally {
    await runner.close();
    forgetFailures(automation, model.memory);
  }
}

/** Every repeat asks anew, and the money is the run's. */
function limited(automation: Automation, { mostUsd, prompts }: Asked): Automation {
  const { budget, steps = {}, prompts: used } = automation;
  const versions = Object.fromEntries(Object.entries(prompts).map(([step, { version }]) => [step, version]));
  return {
    ...automation,
    ...askingHere(automation),
    budget: { perItemUsd: budget.perItemUsd, perDayUsd: mostUsd },
    prompts: { ...used, ...versions },
    steps: Object.fromEntries(
      Object.entries(steps).map(([name, { cacheHours: _, ...policy }]) => [name, policy]),
    ),
  };
}

/** The prompts that are tried stand where the others do, as a release puts them there, and what fails is heard. */
function trying(runner: StepRunner, subject: Subject, { prompts }: Asked, unusable: string[]): StepRunner {
  const heard = (error: unknown): never => {
    if (error instanceof ProcessingError) unusable.push(error.message);
    throw error;
  };
  const serving = Object.fromEntries(
    Object.entries(prompts).map(([step, { version }]) => [step, { prompt: version }]),
  );
  const texts = textsOf(subject, prompts);
  const step = withVersions(runner, { serving }, { texts, prompts: subject.automation.prompts });
  return {
    ...step,
    model: (name, request) => {
      subject.asked?.(request);
      return step.model(name, request).catch(heard);
    },
    agent: (name, request) => {
      subject.asked?.(request);
      return step.agent(name, request).catch(heard);
    },
    lookup: ((lookup: Lookup, input: unknown) =>
      step.lookup(lookup, input).catch(heard)) as StepRunner['lookup'],
  };
}

/** By version: those that are tried, and those in use as their files have them, so that what a step says behind one is told from it. */
function textsOf({ automation: { name }, implementation }: Subject, tried: Asked['prompts']) {
  const used = Object.values(implementation.prompts).map(({ version, text }) => {
    const file = `automations/${name}/prompts/${version}.md`;
    return [version, existsSync(file) ? readFileSync(file, 'utf8') : text];
  });
  const candidates = Object.values(tried).map(({ version, text }) => [version, text]);
  return Object.fromEntries([...used, ...candidates]) as Record<string, string>;
}

type Row = Pick<ItemRow, 'id' | 'generation' | 'priority'> & ItemRow;

/** The row of an item that is nowhere, with what was read before. */
async function rowRead(
  { name }: Automation,
  id: string,
  readings: readonly KeptReading[],
): Promise<{ row: Row; refused?: string }> {
  const documents = await Promise.all(
    readings.map(async ({ ref, reading }): Promise<DocumentFacts> => {
      const key = readingKey(name, sha256(`${id} ${ref}`));
      await putContent(BUCKET, readTextKey(key), reading);
      return { ref, bytes: 0, status: 'read', readingKey: key, readingDigest: digest(reading) };
    }),
  );
  await putContent(
    BUCKET,
    documentNamesKey(id),
    readings.map(({ ref, name: called }) => ({ ref, name: called })),
  );
  return { row: { id, automation: name, generation: 1, priority: 'normal', documents } as unknown as Row };
}

/** The row of an item that is nowhere, with its files read as the stage `read` reads them. */
async function rowOf(
  automation: Automation,
  id: string,
  files: readonly string[],
): Promise<{ row: Row; refused?: string }> {
  const row = { id, automation: automation.name, generation: 1, priority: 'normal' } as Row;
  const { documents: policy, name } = automation;
  if (files.length === 0) return { row };
  if (!policy) return { row, refused: `'${name}' takes no documents` };
  const how = {
    env: { CONTENT_BUCKET: BUCKET, UPLOAD_BUCKET: BUCKET },
    ...{ itemId: id, automation: name, policy, readApart },
  };
  const facts: DocumentFacts[] = [];
  for (const [at, file] of files.entries()) {
    const ref = `document-${at + 1}`;
    const bytes = await readFile(join('automations', name, file));
    await putBytes(BUCKET, originalKey(id, ref), bytes, contentTypeOf(file));
    const type = CONTENT_TYPES[contentTypeOf(file)];
    const fact = { ref, bytes: bytes.length, status: 'uploaded' as const, ...(type ? { type } : {}) };
    facts.push(await readOne(fact, how));
  }
  const at = facts.findIndex(({ status }) => status === 'refused');
  if (at >= 0) return { row, refused: `document ${at + 1} was refused: ${facts[at]?.refusal}` };
  await putContent(
    BUCKET,
    documentNamesKey(id),
    facts.map(({ ref }, n) => ({ ref, name: basename(files[n] ?? '') })),
  );
  return { row: { ...row, documents: facts } };
}
