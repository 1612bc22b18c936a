import type { Tool } from '@modelcontextprotocol/server';
import { MAX_WAIT_SECONDS } from '../../contract/client-limits.ts';
import { STATUSES, VERDICTS } from '../../contract/item/status.ts';
import type { RegistryEntry } from '../../contract/registry.ts';
import { describe } from './describe.ts';
import { PENDING } from './result.ts';

/* No automation can have these names: theirs have no underscore. */
export const GET_ITEM = 'get_item';
export const UPLOAD_DOCUMENT = 'upload_document';

/** The tools of a token for these automations. */
export function toolsFor(automations: readonly RegistryEntry[]): Tool[] {
  const taking = automations.filter(({ documents }) => documents).map(({ name }) => name);
  return [...automations.map(postTool), getItem, ...(taking.length > 0 ? [uploadDocument(taking)] : [])];
}

type Schema = Tool['inputSchema'];

const text = (description: string) => ({ type: 'string', description });

/** What is told of an item; the API may tell more. */
const ITEM: Schema = {
  type: 'object',
  properties: {
    id: text('Of the item'),
    automation: text('Whose item it is'),
    status: {
      enum: [...STATUSES.filter((status) => status !== 'waiting_approval'), PENDING],
      description: `Where it stands. '${PENDING}': a person is asked, and nothing has been done`,
    },
    itemStatus: text(`The API's own word for '${PENDING}'`),
    verdict: { enum: [...VERDICTS], description: 'Of the rules: carry it out, ask a person, or refuse' },
    label: text('What kind of work it is'),
    reasons: { type: 'array', items: { type: 'string' }, description: 'Why the rules said so' },
    proposal: { type: 'object', description: 'What is, or was, to be done' },
    approval: { type: 'object', description: 'What a person decided, or until when one may' },
    action: { type: 'object', description: 'What was done, and its outcome' },
    error: { type: 'object', description: 'Why it could not be worked on' },
    duplicate: { type: 'boolean', description: 'The same work was there before: this is its item' },
  },
  required: ['id', 'status'],
};

function postTool(entry: RegistryEntry): Tool {
  return {
    name: entry.name,
    title: titleOf(entry.name),
    description: describe(entry),
    inputSchema: entry.schema as Schema,
    outputSchema: ITEM,
    annotations: {
      readOnlyHint: false,
      destructiveHint: entry.actions.some(({ reversible }) => !reversible),
      // Only for ten minutes, and without end by a key of the caller's.
      idempotentHint: false,
      openWorldHint: true,
    },
  };
}

/** `refund-request` is "Refund request". */
function titleOf(name: string): string {
  const words = name.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** An id becomes a part of a path: nothing else may pass for one. */
export const ID_PATTERN = '^[a-z][a-z0-9-]{0,29}_[0-9a-f]{32}$';

const getItem: Tool = {
  name: GET_ITEM,
  title: 'Read an item',
  description: `Read one item by its id: where it stands, why, what was proposed, what a person decided and what was done. '${PENDING}' means that a person has not decided yet: do other things, and ask again later.`,
  inputSchema: {
    type: 'object',
    properties: {
      id: { ...text('As the tool that took it in gave it'), pattern: ID_PATTERN },
      wait: {
        ...{ type: 'integer', minimum: 0, maximum: MAX_WAIT_SECONDS, default: 0 },
        description:
          'Seconds to wait for it to come to rest. An item that waits for a person is not waited for',
      },
    },
    required: ['id'],
    additionalProperties: false,
  },
  outputSchema: ITEM,
  annotations: { readOnlyHint: true, openWorldHint: false },
};

function uploadDocument(automations: readonly string[]): Tool {
  return {
    name: UPLOAD_DOCUMENT,
    title: 'Announce a document',
    description:
      "Announce one file for an item. Answers with a link: PUT the file's bytes there with the headers that are given, then name the documentRef in 'documents' of the item. This tool takes no bytes itself: it is for agents that can send a file over HTTP.",
    inputSchema: {
      type: 'object',
      properties: {
        automation: { enum: [...automations], description: 'The tool that the item will be given to' },
        name: text('Of the file'),
        contentType: text('Of the file, such as application/pdf'),
        bytes: { type: 'integer', minimum: 1, description: 'Size of the file' },
      },
      required: ['automation', 'name', 'contentType', 'bytes'],
      additionalProperties: false,
    },
    outputSchema: {
      type: 'object',
      properties: {
        uploadUrl: text('Where to PUT the bytes'),
        headers: { type: 'object', description: 'To be sent with the bytes, as they are' },
        documentRef: text("To be named in the item's documents"),
        expiresAt: text('Of the link'),
      },
      required: ['uploadUrl', 'headers', 'documentRef'],
    },
    annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
  };
}
