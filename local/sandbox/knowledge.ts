import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../state.ts';
import { refuseClashes, type SourceAnswers } from './answers.ts';
import type { SandboxApi } from './api.ts';

/** A question of one step, as the `sandbox.ts` of an automation gets it. */
export interface StepQuestion {
  input: Readonly<Record<string, unknown>> & { readonly text: string };
  /** What reviewers said of the earlier answer. */
  feedback: readonly string[];
  /** The order in the text that the model is to obey. @default none, or the model obeys no stranger */
  order?: string | undefined;
  /** What the tools answered that it called. Empty where it called none. */
  told: string;
  /** Every message that it was asked with: another version of a prompt may want another answer. */
  prompt: string;
}

/** What the sandbox model answers; undefined where the question is not of this automation. */
export type StepAnswer = (question: StepQuestion) => Record<string, unknown> | undefined;

/**
 * What `automations/<name>/sandbox.ts` exports as `sandbox`. A step that is not here gets an answer that its
 * schema allows.
 */
export interface SandboxKnowledge {
  steps: Readonly<Record<string, StepAnswer>>;
  /** What destinations with an API of their own answer, by name. @default they take every call, and find nothing */
  apis?: Readonly<Record<string, SandboxApi>>;
  /** What sources answer, by name: by path, `{ orders: { 'orders/A-1': { … } } }`, or by a function. @default nothing, until somebody sets it */
  sources?: Readonly<Record<string, SourceAnswers>>;
}

/** With the prompts of the automation, by which its questions are told from those of others. */
export interface Known extends SandboxKnowledge {
  prompts: readonly string[];
}

/**
 * What every automation tells the sandbox, in the order of their names; one without a `sandbox.ts` tells
 * nothing.
 * @throws Error naming the file that does not load, or exports no `sandbox`, or says of a source what another one denies
 */
export async function loadKnowledge(automations = join(ROOT, 'automations')): Promise<Known[]> {
  const names = readdirSync(automations)
    .sort()
    .filter((name) => existsSync(join(automations, name, 'sandbox.ts')));
  const told = await Promise.all(
    names.map(async (name) => ({
      ...(await load(join(automations, name, 'sandbox.ts'), name)),
      ...prompts(name),
    })),
  );
  refuseClashes(told.map(({ sources = {} }, at) => ({ sources, automation: names[at] ?? '' })));
  return told;

  function prompts(name: string): { prompts: string[] } {
    const folder = join(automations, name, 'prompts');
    const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.md')) : [];
    return { prompts: files.map((file) => readFileSync(join(folder, file), 'utf8')) };
  }
}

async function load(file: string, name: string): Promise<SandboxKnowledge> {
  const where = `automations/${name}/sandbox.ts`;
  const module: { sandbox?: SandboxKnowledge } = await import(pathToFileURL(file).href).catch(
    (error: unknown) => {
      throw new Error(`${where} does not load: ${error instanceof Error ? error.message : String(error)}`);
    },
  );
  if (!module.sandbox?.steps) throw new Error(`${where}: export 'sandbox', with the steps that it answers`);
  return module.sandbox;
}
