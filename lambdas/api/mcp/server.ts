import { ProtocolError, ProtocolErrorCode, Server } from '@modelcontextprotocol/server';
import type { RegistryEntry } from '../../contract/registry.ts';
import { where } from '../../kit/errors.ts';
import { type Caller, Problem } from '../../kit/http.ts';
import { logger } from '../../kit/telemetry.ts';
import { cutText } from '../../kit/text.ts';
import type { Api } from './api-call.ts';
import { callTool, type ToolCall } from './call.ts';
import { failure } from './result.ts';
import { toolsFor } from './tools.ts';

const INSTRUCTIONS =
  'Each tool that is named like an automation takes one piece of work in. Rules, not the caller, decide whether it is carried out at once, put before a person, or refused. Status "pending" means that a person is asked and nothing has been done: go on with other things, and read it later with get_item.';

/** A server of one request: the tools of one caller. */
export function serverFor(caller: Caller, registry: readonly RegistryEntry[], api: Api): Server {
  const mine = registry.filter(({ name }) => caller.may(name));
  const server = new Server(
    { name: 'signalbox', title: 'Signalbox', version: '1' },
    {
      capabilities: { tools: {} },
      instructions: INSTRUCTIONS,
      // For answers to questions, of which none are asked: the package's own is not in the bundle.
      jsonSchemaValidator: {
        getValidator: () => {
          throw new Error('no question is asked');
        },
      },
    },
  );
  server.setRequestHandler('tools/list', () => ({ tools: toolsFor(mine) }));
  server.setRequestHandler('tools/call', async ({ params }) => {
    const { name, arguments: given = {}, _meta = {} } = params;
    if (!toolsFor(mine).some((tool) => tool.name === name)) throw unknownTool(name, mine);
    const asked: ToolCall = { name, given, meta: _meta };
    const result = await callTool(asked, mine, api).catch(failed);
    logger.info('tool called', { client: caller.name, tool: name, failed: result.isError === true });
    return result;
  });
  return server;
}

function unknownTool(name: string, mine: readonly RegistryEntry[]): ProtocolError {
  const names = toolsFor(mine).map((tool) => tool.name);
  const message = `there is no tool '${cutText(name, 80)}'; there are: ${names.join(', ')}`;
  return new ProtocolError(ProtocolErrorCode.InvalidParams, message);
}

/** What the caller can mend is the tool's answer. @throws ProtocolError for what it cannot */
function failed(error: unknown) {
  if (error instanceof Problem)
    return failure({ detail: error.message, status: error.status, ...error.extra });
  const reason = error instanceof Error ? error.name : 'unknown';
  logger.error('tool failed', { reason, at: where(error) });
  throw new ProtocolError(
    ProtocolErrorCode.InternalError,
    'the request could not be handled; try again later',
  );
}
