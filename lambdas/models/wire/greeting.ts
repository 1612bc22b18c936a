import type { ModelOffer } from '../../contract/endpoint.ts';

/** Token limit of the answer to a greeting. Some servers refuse less. */
export const GREETING_TOKENS = 16;

/** The field that limits an answer, and its older name: some servers and models know only one. */
export const LIMIT = 'max_completion_tokens';
export const OLD_LIMIT = 'max_tokens';
export type LimitField = typeof LIMIT | typeof OLD_LIMIT;

/** Whether a refusal names that field. It may only quote the item: the request without it tells. */
export function refusesField(status: number, body: string, field: string): boolean {
  return (status === 400 || status === 422) && body.includes(field);
}

/** The smallest request that shows whether a model answers at all. It holds nothing of any item. */
export function greeting(
  { name, kind }: Pick<ModelOffer, 'name' | 'kind'>,
  mostTokens = GREETING_TOKENS,
  limit: LimitField = LIMIT,
): { path: string; body: object } {
  if (kind === 'embeddings')
    return { path: '/embeddings', body: { model: name, input: ['hello'], encoding_format: 'float' } };
  const messages = [{ role: 'user', content: 'Say hello.' }];
  return {
    path: '/chat/completions',
    body: { model: name, messages, [limit]: mostTokens, stream: false },
  };
}
