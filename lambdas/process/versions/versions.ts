import type { Automation, StepRunner } from '../../contract/automation.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { REDRIVEN } from '../../contract/item/timeline.ts';
import type { Arm, Release, Serving } from '../../contract/steps/release.ts';
import { sha256 } from '../../kit/digest.ts';
import { logger } from '../../kit/telemetry.ts';
import { type ReleasesRow, releasesNow } from '../../tables/releases/releases.ts';

/*
 * Which prompt and model serve each step of an item. What it began with stays: its lineage names the prompt of each step that was asked,
 * and that one is asked again, also behind a deployment, unless it was rolled back or an operator wants the item as of now.
 */

export interface Versions {
  /** By step, where it is not what the declaration names. */
  serving: Readonly<Record<string, Serving>>;
  /** The release that the item is a part of. */
  part?: { release: string; arm: Arm };
  /** What is to be thought about beside it. */
  shadow?: Release;
}

type Of = Pick<Automation, 'name' | 'prompts' | 'requester' | 'subjects'>;

export async function versionsOf(
  row: ItemRow,
  body: unknown,
  automation: Of,
  table: string,
): Promise<Versions> {
  const releases = await releasesNow(table, automation.name);
  return versionsIn(row, body, automation, releases);
}

export function versionsIn(
  row: ItemRow,
  body: unknown,
  automation: Of,
  releases: ReleasesRow | undefined,
): Versions {
  const { running, promoted = {}, ended = [] } = releases ?? {};
  const { prompts } = automation;
  const release = running && running.declared === prompts[running.step] ? running : undefined;
  const chosen = release ? isChosen(release, subjectOf(row, body, automation)) : false;
  const arm: Arm = chosen && release?.mode !== 'shadow' ? 'candidate' : 'stable';
  const rolledBack = ended.flatMap(({ end, candidate }) =>
    end.as === 'rolled-back' ? [candidate.prompt] : [],
  );
  const began = begunWith(row);
  const serving: Record<string, Serving> = {};
  for (const [step, declared] of Object.entries(prompts)) {
    const instead = Object.hasOwn(promoted, step) ? promoted[step] : undefined;
    const stable = instead?.over === declared ? instead : { prompt: declared };
    const now = release?.step === step ? release[arm] : stable;
    const before = began.get(step);
    const keeps = before !== undefined && before !== now.prompt && !rolledBack.includes(before);
    serving[step] = keeps ? { prompt: before } : now;
  }
  const counts =
    release && release.mode !== 'shadow' && serving[release.step]?.prompt === release[arm].prompt;
  return {
    serving,
    ...(counts ? { part: { release: release.id, arm } } : {}),
    ...(release?.mode === 'shadow' && chosen ? { shadow: release } : {}),
  };
}

/** The same steps, asked with the versions of the item. @param texts every prompt of the automation's folder, by version */
export function withVersions(
  step: StepRunner,
  { serving }: Pick<Versions, 'serving'>,
  texts: Readonly<Record<string, string>>,
): StepRunner {
  const asked: <R extends Parameters<StepRunner['model']>[1]>(name: string, request: R) => R = (
    name,
    request,
  ) => {
    const { prompt: version, model } = (Object.hasOwn(serving, name) && serving[name]) || {};
    if (version === undefined) return request;
    const text = Object.hasOwn(texts, version) ? texts[version] : undefined;
    if (text === undefined && version !== request.prompt.version)
      logger.warn('a prompt is not there any more', { step: name, version, instead: request.prompt.version });
    const prompt = text === undefined ? request.prompt : { version, text };
    return { ...request, prompt, ...(model ? { model } : {}) };
  };
  return {
    ...step,
    model: (name, request) => step.model(name, asked(name, request)),
    agent: (name, request) => step.agent(name, asked(name, request)),
  };
}

/** By step. Turns of an agent are steps of their own, `name#1`; a lookup and an embedding have no prompt. */
function begunWith({ lineage = [], timeline }: ItemRow): Map<string, string> {
  const anew = timeline.findLast((it) => it.event === REDRIVEN && it.version === 'current');
  const counted = lineage.filter(({ at, source }) => source === undefined && at >= (anew?.at ?? ''));
  return new Map(counted.map(({ step, promptVersion }) => [step.split('#')[0] ?? step, promptVersion]));
}

/** Whom an item is about, so that one customer is served by one version; never kept. */
function subjectOf(row: ItemRow, body: unknown, { requester, subjects }: Of): string {
  return requester?.(body) ?? subjects?.(body)[0] ?? row.reference ?? row.id;
}

/** Each release draws anew: whoever met one candidate does not meet them all. */
function isChosen({ id, share }: Release, subject: string): boolean {
  const part = Number.parseInt(sha256(`${id}|${subject.trim().toLowerCase()}`).slice(0, 8), 16);
  return part < share * 2 ** 32;
}
