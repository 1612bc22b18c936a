import type { Automation, StepRunner } from '../../contract/automation.ts';
import type { ItemRow } from '../../contract/item/row.ts';
import { REDRIVEN } from '../../contract/item/timeline.ts';
import type { Arm, Release, Serving } from '../../contract/steps/release.ts';
import { sha256 } from '../../kit/digest.ts';
import { logger } from '../../kit/telemetry.ts';
import { type ReleasesRow, releasesNow } from '../../tables/releases/releases.ts';
import { type Begun, metThen } from './then.ts';

/*
 * Which prompt and model serve each step of an item. What it began with stays: its lineage names the prompt of each step that was asked,
 * and that one is asked again, with the model that was wanted then, also behind a deployment, unless it was rolled back or an operator wants the item as of now.
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

type Texts = Readonly<Record<string, string>>;

/** @param texts every prompt of the automation's folder, by version */
export async function versionsOf(
  row: ItemRow,
  body: unknown,
  automation: Of,
  { table, texts }: { table: string; texts: Texts },
): Promise<Versions> {
  const releases = await releasesNow(table, automation.name);
  return versionsIn(row, body, automation, { releases, texts });
}

export function versionsIn(
  row: ItemRow,
  body: unknown,
  automation: Of,
  { releases, texts }: { releases: ReleasesRow | undefined; texts: Texts },
): Versions {
  const { running, promoted = {}, ended } = releases ?? {};
  const { prompts } = automation;
  const release = running && running.declared === prompts[running.step] ? running : undefined;
  const subject = subjectOf(row, body, automation);
  const chosen = release ? isChosen(release, subject) : false;
  const arm: Arm = chosen && release?.mode !== 'shadow' ? 'candidate' : 'stable';
  const began = begunWith(row);
  const serving: Record<string, Serving> = {};
  for (const [step, declared] of Object.entries(prompts)) {
    const instead = Object.hasOwn(promoted, step) ? promoted[step] : undefined;
    const stable = instead?.over === declared ? instead : { prompt: declared };
    const now = release?.step === step ? release[arm] : stable;
    const before = began.get(step);
    const known = { running, ended, stable };
    const then = before && metThen(step, before, known, (it) => isChosen(it, subject));
    serving[step] =
      before && then && !then.isTakenBack
        ? { prompt: before.prompt, ...(then.model ? { model: then.model } : {}) }
        : now;
  }
  return {
    serving,
    ...(release && release.mode !== 'shadow' && isPart(release, arm, { serving, began, texts, prompts })
      ? { part: { release: release.id, arm } }
      : {}),
    ...(release?.mode === 'shadow' && chosen ? { shadow: release } : {}),
  };
}

/**
 * Whether it counts: an item that was asked before the release began would count for the stable side alone, and such an item was redriven
 * or sent back; and a prompt that this function has not got is asked of nobody.
 */
function isPart(
  { step, at, ...sides }: Release,
  arm: Arm,
  given: { serving: Versions['serving']; began: Map<string, Begun>; texts: Texts; prompts: Of['prompts'] },
): boolean {
  const { prompt } = sides[arm];
  const has = prompt === given.prompts[step] || Object.hasOwn(given.texts, prompt);
  const since = given.began.get(step)?.at;
  return has && given.serving[step]?.prompt === prompt && (since === undefined || since >= at);
}

/**
 * The same steps, asked with the versions of the item. What a step says behind the prompt of the declaration, as of a long text's part, it
 * says behind another version of it too; a step that is asked with a prompt of its own is asked as it was.
 */
export function withVersions(
  step: StepRunner,
  { serving }: Pick<Versions, 'serving'>,
  { texts, prompts }: { texts: Texts; prompts: Of['prompts'] },
): StepRunner {
  const asked: <R extends Parameters<StepRunner['model']>[1]>(name: string, request: R) => R = (
    name,
    request,
  ) => {
    const { prompt: version, model } = (Object.hasOwn(serving, name) && serving[name]) || {};
    const { prompt } = request;
    if (version === undefined || prompt.version !== prompts[name]) return request;
    const wanted = { ...request, ...(model ? { model } : {}) };
    if (version === prompt.version) return wanted;
    const text = Object.hasOwn(texts, version) ? texts[version] : undefined;
    if (text === undefined) {
      logger.warn('a prompt is not there any more', { step: name, version, instead: prompt.version });
      return wanted;
    }
    const declared = (texts[prompt.version] ?? prompt.text).trimEnd();
    const behind = prompt.text.startsWith(declared) ? prompt.text.slice(declared.length).trim() : '';
    return {
      ...wanted,
      prompt: { version, text: behind === '' ? text : `${text.trimEnd()}\n\n${behind}` },
    };
  };
  return {
    ...step,
    model: (name, request) => step.model(name, asked(name, request)),
    agent: (name, request) => step.agent(name, asked(name, request)),
  };
}

/** By step. Turns of an agent are steps of their own, `name#1`; a lookup and an embedding have no prompt. */
function begunWith({ lineage = [], timeline }: ItemRow): Map<string, Begun> {
  const anew = timeline.findLast((it) => it.event === REDRIVEN && it.version === 'current');
  const counted = lineage.filter(({ at, source }) => source === undefined && at >= (anew?.at ?? ''));
  const began = new Map<string, Begun>();
  for (const { step, promptVersion: prompt, at } of counted) {
    const name = step.split('#')[0] ?? step;
    const first = began.get(name)?.at ?? at;
    began.set(name, { prompt, at: first < at ? first : at });
  }
  return began;
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
