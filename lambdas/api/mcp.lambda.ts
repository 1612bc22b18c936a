import { registry } from '@bundled/registry';
import { readEnv } from '../kit/env.ts';
import { type ApiEvent, apiHandler, type Reply } from '../kit/http.ts';
import { answerMcp, onlyPost } from './mcp/door.ts';

const env = readEnv('api/mcp');

const inside = apiHandler((event, caller) => answerMcp(event, caller, registry, env.BASE_URL));

export async function handler(event: ApiEvent): Promise<Reply> {
  return event.requestContext.http.method === 'POST' ? inside(event) : onlyPost(event);
}
