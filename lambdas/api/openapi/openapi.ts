import * as z from 'zod/v4/core';
import { PRIORITIES } from '../../contract/item/status.ts';
import type { RegistryEntry } from '../../contract/registry.ts';
import { MAX_WAIT_SECONDS } from '../../kit/http.ts';
import { probeBody } from '../../models/wire/probe-body.ts';
import { auditQuery, casesQuery, listQuery, statisticsQuery } from '../query.ts';
import { auditSchema, casesSchema, statisticsSchema } from './approval-schemas.ts';
import { endpointsSchema } from './endpoint-schemas.ts';
import {
  breakerSchema,
  breakersSchema,
  calibrateBody,
  calibratedSchema,
  cautionBody,
  cautionedSchema,
  forceBody,
  resumeBody,
  resumedSchema,
  withdrawBody,
} from './operator-schemas.ts';
import { pagePaths } from './pages.ts';
import { acceptedSchema, automationSchema, itemSchema, pageSchema, problemSchema } from './schemas.ts';

const JSON_TYPE = 'application/json';
const TEXT = { type: 'string' };

/** OpenAPI 3.1 of the whole API. Bodies and queries come from the schemas that validate them. */
export function openapi(registry: readonly RegistryEntry[]): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Signalbox',
      version: '1',
      description: 'Post work, read back what was decided and done. Errors are RFC 9457 problem documents.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: [{ clientToken: [] }],
    paths: { ...Object.fromEntries(registry.map(postPath)), ...readPaths(), ...pagePaths() },
    components: {
      securitySchemes: { clientToken: { type: 'http', scheme: 'bearer' } },
      schemas: {
        Accepted: schema(acceptedSchema),
        Item: schema(itemSchema),
        Page: schema(pageSchema),
        Automation: schema(automationSchema),
        Audit: schema(auditSchema),
        Statistics: schema(statisticsSchema),
        Cases: schema(casesSchema),
        Resumed: schema(resumedSchema),
        Cautioned: schema(cautionedSchema),
        Calibrated: schema(calibratedSchema),
        Endpoints: schema(endpointsSchema),
        Breaker: schema(breakerSchema),
        Breakers: schema(breakersSchema),
        Problem: schema(problemSchema),
      },
    },
  };
}

function schema(type: z.$ZodType): object {
  const override = ({ jsonSchema }: { jsonSchema: z.JSONSchema.BaseSchema }) => {
    // The digits of a number in a query: they are the text's.
    if (jsonSchema.type === 'integer') delete jsonSchema.pattern;
  };
  const { $schema, ...rest } = z.toJSONSchema(type, { io: 'input', override }) as Record<string, unknown>;
  return rest;
}

function ref(name: string): object {
  return { $ref: `#/components/schemas/${name}` };
}

function answers(description: string, name: string): object {
  return { description, content: { [JSON_TYPE]: { schema: ref(name) } } };
}

function problem(description: string): object {
  return { description, content: { 'application/problem+json': { schema: ref('Problem') } } };
}

const DENIALS = {
  401: problem('The token is missing or not known'),
  403: problem('The token may not use this automation, is not for all of them, or has not the role'),
};

const BAD = { 400: problem('A parameter or the body is wrong; errors[] names each field') };
const LARGE = { 413: problem('The body is too large') };
const MISSING = { 404: problem('There is none of this name') };

const PRIORITY =
  'Who goes first where there is not enough for all. At a busy model endpoint urgent waits longer for a place before the item is put off, low takes idle capacity only; low is put off or turned away while the approvers are behind. Without pressure it changes nothing';

function postPath(entry: RegistryEntry): [string, object] {
  const { $schema, ...body } = entry.schema as Record<string, unknown>;
  const header = (name: string, description: string, type: object) => ({
    name,
    in: 'header',
    description,
    schema: type,
  });
  const operation = {
    operationId: `post-${entry.name}`,
    summary: entry.purpose,
    parameters: [
      header('Idempotency-Key', 'The same key and body again is the same item', {
        type: 'string',
        pattern: '^[\\x21-\\x7e]{1,255}$',
      }),
      header(
        'Prefer',
        `wait=N answers when the item is at rest, begins to wait for a person, or N <= ${MAX_WAIT_SECONDS} seconds are over`,
        { type: 'string' },
      ),
      header('Signalbox-Priority', PRIORITY, { enum: PRIORITIES, default: 'normal' }),
      header('Signalbox-Callback-Url', 'One https address: gets every status change, signed', {
        ...{ type: 'string', format: 'uri', maxLength: 2000 },
      }),
    ],
    requestBody: { required: true, content: { [JSON_TYPE]: { schema: body, examples: examples(entry) } } },
    responses: {
      200: {
        description:
          'With Prefer: wait the item at rest, its whole story; or the item that this request made before',
        content: { [JSON_TYPE]: { schema: { oneOf: [ref('Item'), ref('Accepted')] } } },
      },
      202: answers('Taken in; or, while the approvers are behind, kept for later (`deferred`)', 'Accepted'),
      400: problem('The body or a header is wrong; errors[] names each field'),
      ...DENIALS,
      409: problem('The key was used with another body'),
      ...LARGE,
      429: problem(
        'More than the client may post, or low-priority work while the approvers are behind: nothing was kept (`accepted` is false); again after Retry-After',
      ),
    },
  };
  return [`/v1/automations/${entry.name}/items`, { post: operation }];
}

function examples(entry: RegistryEntry): object {
  return Object.fromEntries(
    (entry.examples as { name: string; body: unknown }[]).map(({ name, body }) => [name, { value: body }]),
  );
}

function readPaths(): object {
  const path = (name: string) => ({ name, in: 'path', required: true, schema: { type: 'string' } });
  const wait = {
    name: 'wait',
    in: 'query',
    schema: { type: 'integer', minimum: 0, maximum: MAX_WAIT_SECONDS },
  };
  const get = (summary: string, parameters: object[], responses: object) => ({
    get: { summary, parameters, responses: { ...responses, ...BAD, ...DENIALS } },
  });
  return {
    '/v1/items/{id}': {
      ...get('One item: its whole story', [path('id'), wait], {
        200: answers('The item', 'Item'),
        ...MISSING,
      }),
      delete: {
        summary: 'Take an item back, until it acts',
        parameters: [path('id')],
        requestBody: { content: { [JSON_TYPE]: { schema: schema(withdrawBody) } } },
        responses: {
          200: answers('The item, withdrawn; its open question is closed', 'Item'),
          ...BAD,
          ...DENIALS,
          ...MISSING,
          409: problem('The item acts, has acted or may have, or is at its end: see itemStatus'),
          ...LARGE,
        },
      },
    },
    '/v1/items': get('Items, newest first', inQuery(listQuery), {
      200: answers('A page', 'Page'),
      ...MISSING,
    }),
    '/v1/automations': get('The registry', [], {
      200: {
        description: 'Every automation this token may use',
        content: {
          [JSON_TYPE]: {
            schema: {
              type: 'object',
              properties: { automations: { type: 'array', items: ref('Automation') } },
            },
          },
        },
      },
    }),
    '/v1/automations/{name}': get('One automation', [path('name')], {
      200: answers('The automation', 'Automation'),
      ...MISSING,
    }),
    ...deskPaths(get),
    ...operatorPaths(get, path),
  };
}

function inQuery(type: z.$ZodType): object[] {
  const { properties, required = [] } = schema(type) as {
    properties: Record<string, object>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, parameter]) => ({
    name,
    in: 'query',
    ...(required.includes(name) ? { required: true } : {}),
    schema: parameter,
  }));
}

/** What the desk's own people read: the record, the statistics, and the cases that came of it. */
function deskPaths(get: Get): object {
  const audit = { content: { [JSON_TYPE]: { schema: ref('Audit') }, 'text/csv': { schema: TEXT } } };
  return {
    '/v1/audit': get('The record of the desk, for operators and auditors', inQuery(auditQuery), {
      200: { description: 'What happened, in the order of time', ...audit },
      ...MISSING,
    }),
    '/v1/statistics': get('The work of the desk, for operators and auditors', inQuery(statisticsQuery), {
      200: answers('The statistics of the last days', 'Statistics'),
    }),
    '/v1/cases': get('Cases out of decisions, for operators', inQuery(casesQuery), {
      200: answers('Where people knew better than the automation', 'Cases'),
      ...MISSING,
    }),
  };
}

type Get = (summary: string, parameters: object[], responses: object) => object;

/** What operators do to the model plane. */
function operatorPaths(get: Get, path: (name: string) => object): object {
  const post = (summary: string, parameters: object[], body: z.$ZodType, responses: object) => ({
    post: {
      summary,
      parameters,
      requestBody: { content: { [JSON_TYPE]: { schema: schema(body) } } },
      responses: { ...responses, ...BAD, ...DENIALS, ...MISSING, ...LARGE },
    },
  });
  return {
    '/v1/automations/{name}/resume': post(
      "Allow more for today and let the automation's suspended items go on, for operators",
      [path('name')],
      resumeBody,
      {
        200: answers('The budget of today, and how many items go on', 'Resumed'),
        409: problem('The automation is not deployed'),
      },
    ),
    '/v1/automations/{name}/caution': post(
      'Let everything, or these actions or labels, that would act alone ask a person, for operators',
      [path('name')],
      cautionBody,
      { 200: answers('What asks a person now', 'Cautioned') },
    ),
    '/v1/automations/{name}/calibrate': post(
      "Learn from people's decisions how much a step's confidence is worth, for operators",
      [path('name')],
      calibrateBody,
      { 200: answers('What was learned, and what there is too little of', 'Calibrated') },
    ),
    '/v1/endpoints': get('The model endpoints, and what a probe found of them, for operators', [], {
      200: answers('In the order of the configuration', 'Endpoints'),
    }),
    '/v1/endpoints/probe': post('Ask the model endpoints what they support, for operators', [], probeBody, {
      200: answers('What was found, and what is wrong', 'Endpoints'),
    }),
    '/v1/breakers': get('The breakers of the model endpoints, for operators', [], {
      200: answers('In the order of the configuration', 'Breakers'),
    }),
    '/v1/breakers/{endpoint}': post(
      'Hold a breaker open or closed, or give it back to itself, for operators',
      [path('endpoint')],
      forceBody,
      { 200: answers('The breaker as it is now', 'Breaker') },
    ),
  };
}
