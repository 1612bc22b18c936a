import type { Automation, StepRunner } from '../../contract/automation.ts';
import type { LineageEntry } from '../../contract/item/row.ts';
import type { Searched } from '../../contract/steps/knowledge.ts';
import type { Asked, Lookup } from '../../contract/steps/lookup.ts';
import { SystemError } from '../../kit/errors.ts';
import type { OpenCollection } from '../../knowledge/collections.ts';
import type { clearInput } from '../../lookups/input.ts';
import type { LookupOptions } from '../../lookups/options.ts';
import type { Runner, RunnerOptions } from '../../models/runner.ts';
import { stepRunner } from '../../models/step.ts';
import { lookupsFor, searchesFor } from './declared.ts';
import { suspicionsOf } from './found.ts';
import type { toolsOf } from './tools.ts';

/** All steps of an item's thinking, by whichever room makes them. */
export interface Steps extends StepRunner, Pick<Runner, 'modelInside' | 'sees' | 'see' | 'traces'> {
  /** What was called so far, free or paid. */
  calls(): LineageEntry[];
  asked(): Asked;
  searched(): Searched;
  /** What of the answers of sources and of found passages looks like instructions, by name. */
  found(): readonly string[];
  /** Starts no further step, and waits for those that run. */
  close(): Promise<void>;
}

type Options = RunnerOptions &
  Omit<LookupOptions, keyof RunnerOptions> & {
    automation: Pick<Automation, 'agents' | 'lookups' | 'collections'>;
    /** Gives the indexes of collections. @default there are none */
    open?: OpenCollection | undefined;
  };

const nothing: OpenCollection = async (name) => {
  throw new SystemError(`this function has no collection '${name}'`);
};

/** Loads what makes an agent's tools: few automations have agents. */
export type AgentTools = () => Promise<{ toolsOf: typeof toolsOf; clearInput: typeof clearInput }>;

export async function stepsOf(options: Options, agentTools: AgentTools): Promise<Steps> {
  const { automation } = options;
  const models = stepRunner(options);
  const [lookups, searches] = await Promise.all([
    lookupsFor(options),
    searchesFor({ ...options, open: options.open ?? nothing, embed: models.embed }),
  ]);
  const found = new Set<string>();
  const watched = <T>(answered: Promise<T>): Promise<T> => {
    const seen = answered.then((answer) => {
      for (const name of suspicionsOf(answer)) found.add(name);
      return answer;
    });
    // As of the step itself: a failure that nobody hears must not end the worker.
    seen.catch(() => {});
    return seen;
  };
  const lookup = ((given: Lookup, input: unknown) =>
    watched(lookups.lookup(given, input))) as StepRunner['lookup'];
  const search: StepRunner['search'] = (name, query, how) => watched(searches.search(name, query, how));
  return {
    agent: async (name, request) => {
      const { agents = {} } = automation;
      const policy = Object.hasOwn(agents, name) ? agents[name] : undefined;
      if (!policy) throw new SystemError(`the agent '${name}' is not among the 'agents' of the automation`);
      const { toolsOf, clearInput } = await agentTools();
      const clear = (given: Lookup, input: unknown) => clearInput(given, input, options.vault);
      const tools = toolsOf(automation, policy, { lookup, search, clear });
      return models.agentWith(name, request, { policy, tools });
    },
    traces: models.traces,
    found: () => [...found],
    model: models.model,
    modelInside: models.modelInside,
    embed: (name, texts) => models.embed(name, texts),
    confidence: models.confidence,
    sees: models.sees,
    see: models.see,
    lookup,
    asked: lookups.asked,
    search,
    searched: searches.searched,
    calls: () => [...models.lost, ...models.lineage, ...lookups.lineage, ...searches.lineage],
    close: async () => {
      await Promise.all([models.close(), lookups.close(), searches.close()]);
    },
  };
}
