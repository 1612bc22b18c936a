import type { Automation } from '../../lambdas/contract/automation.ts';
import { embeddings } from '../../lambdas/models/wire/embeddings.ts';
import { mostTokens } from '../../lambdas/models/wire/tokens.ts';
import { deployedAutomations } from '../../lib/automation/automation-folder.ts';
import { loadConfig, type ResolvedConfig } from '../../lib/config.ts';
import { endpointsOf } from '../../lib/parts/neighbours.ts';
import type { Outputs } from '../../local/outputs.ts';
import { Aws } from '../aws.ts';
import { Unreachable } from '../errors.ts';
import type { Terminal } from '../terminal.ts';
import { type Embed, embeddingsOf } from './vectors.ts';

/** What the working copy declares; a local run has the sandbox in place of every outside system. */
export async function declaredOf(
  local: Outputs | undefined,
): Promise<{ automations: readonly Automation[]; config: ResolvedConfig }> {
  if (local) {
    process.env.SIGNALBOX_SANDBOX_URL = new URL(local.sandboxModelUrl).origin;
    process.env.SIGNALBOX_API_URL = local.apiUrl;
    // The key of an endpoint is read by the clients of the functions: never from the account of whoever sits there.
    for (const name of ['AWS_PROFILE', 'AWS_SESSION_TOKEN']) delete process.env[name];
    Object.assign(process.env, {
      ...{ AWS_ENDPOINT_URL: local.endpointUrl, AWS_REGION: local.region },
      ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    });
  }
  const config = await loadConfig(local ? 'local/signalbox.config.ts' : 'signalbox.config.ts');
  return { automations: await deployedAutomations(config), config };
}

export async function reachOf({ env }: Terminal, local: Outputs | undefined): Promise<Aws> {
  return local ? Aws.local(local) : Aws.open(env.AWS_ENDPOINT_URL);
}

/** Vectors by the endpoint's own key, which the operator may read. */
export function vectorsOf(
  config: ResolvedConfig,
  stage: string,
  name: string,
): ReturnType<typeof embeddingsOf> & { embed: Embed } {
  const { endpoint, offer } = embeddingsOf(endpointsOf(config, stage), name);
  const embed: Embed = async (texts) => {
    const most = texts.reduce((sum, text) => sum + mostTokens(text), 0);
    const answer = await embeddings(endpoint, offer, 'knowledge sync', texts, most).catch(
      (error: unknown) => {
        const said = error instanceof Error ? error.message : String(error);
        throw new Unreachable(
          `there are no vectors, and nothing was changed: ${said}; repeat the command, or leave out --vectors`,
        );
      },
    );
    return answer.vectors;
  };
  return { endpoint, offer, embed };
}
