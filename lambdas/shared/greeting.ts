import type { ModelOffer } from './endpoint.ts';

/** The longest answer to a greeting that is asked for. Some servers refuse less. */
export const GREETING_TOKENS = 16;

/** The smallest request that shows whether a model answers at all. It holds nothing of any item. */
export function greeting(
  { name, kind }: Pick<ModelOffer, 'name' | 'kind'>,
  mostTokens = GREETING_TOKENS,
): { path: string; body: object } {
  if (kind === 'embeddings')
    return { path: '/embeddings', body: { model: name, input: ['hello'], encoding_format: 'float' } };
  const messages = [{ role: 'user', content: 'Say hello.' }];
  return {
    path: '/chat/completions',
    body: { model: name, messages, max_completion_tokens: mostTokens, stream: false },
  };
}
