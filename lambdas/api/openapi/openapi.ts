import * as z from 'zod/v4/core';
import { MAX_WAIT_SECONDS } from '../../contract/client-limits.ts';
import { PRIORITIES } from '../../contract/item/status.ts';
import type { RegistryEntry } from '../../contract/registry.ts';
import { type Gives, type Operation, partsOf, ROUTES, type Route } from '../routes.ts';
import { auditSchema, casesSchema, statisticsSchema } from './approval-schemas.ts';
import { auditsSchema } from './audit-schemas.ts';
import { automationSchema } from './automation-schema.ts';
import { webhookPaths } from './doors.ts';
import { endpointsSchema } from './endpoint-schemas.ts';
import {
  breakerSchema,
  breakersSchema,
  COMMAND_SCHEMAS,
  cautionedSchema,
  heldSchema,
  redrivenSchema,
  redriveStateSchema,
  redrivesSchema,
  resumedSchema,
  reviewedSchema,
} from './operator-schemas.ts';
import { outcomesSchema } from './outcome-schemas.ts';
import { PAGES } from './pages.ts';
import { exportSchema, receiptSchema, verifiedDaySchema, verifiedSchema } from './receipt-schemas.ts';
import { driftSchema, referenceSchema } from './reports/drift-schemas.ts';
import { judgedSchema } from './reports/judged-schema.ts';
import { releasesSchema } from './reports/release-schema.ts';
import { reportSchema } from './reports/report-schemas.ts';
import { surrogateSchema } from './reports/surrogate-schema.ts';
import { acceptedSchema, itemSchema, pageSchema, problemSchema, uploadSchema } from './schemas.ts';
import { mayCall, operationIdOf, TAGS, tagOf } from './tags.ts';
import { callbacksOf, statusChangeSchema, WEBHOOKS } from './webhooks.ts';

const JSON_TYPE = 'application/json';
const TEXT = { type: 'string' };

/** OpenAPI 3.1 of the API at `url`, made of the routes. Bodies and queries come from the schemas that validate them. */
export function openapi(registry: readonly RegistryEntry[], url: string): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Signalbox',
      version: '1',
      description: 'Post work, read back what was decided and done. Errors are RFC 9457 problem documents.',
      contact: { name: 'The operators of this deployment' },
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: url.replace(/\/+$/, ''), description: 'This deployment' }],
    tags: TAGS,
    security: [{ clientToken: [] }],
    paths: {
      ...Object.fromEntries(registry.map(postPath)),
      ...Object.fromEntries(registry.flatMap(uploadPath)),
      ...Object.fromEntries(registry.flatMap((entry) => webhookPaths(entry, problem))),
      ...paths(),
    },
    webhooks: WEBHOOKS,
    components: {
      securitySchemes: {
        clientToken: {
          type: 'http',
          scheme: 'bearer',
          description: "A client's token; `signalbox token` makes one",
        },
      },
      schemas: {
        Accepted: schema(acceptedSchema),
        Upload: schema(uploadSchema),
        Item: schema(itemSchema),
        Page: schema(pageSchema),
        Automation: examplesApart(schema(automationSchema)),
        Audit: schema(auditSchema),
        Statistics: schema(statisticsSchema),
        Audits: schema(auditsSchema),
        Drift: schema(driftSchema),
        Judged: schema(judgedSchema),
        Outcomes: schema(outcomesSchema),
        Report: schema(reportSchema),
        Cases: schema(casesSchema),
        Redriven: schema(redrivenSchema),
        Redrives: schema(redrivesSchema),
        RedriveState: schema(redriveStateSchema),
        Resumed: schema(resumedSchema),
        Reference: schema(referenceSchema),
        Surrogate: schema(surrogateSchema),
        Reviewed: schema(reviewedSchema),
        Releases: schema(releasesSchema),
        Held: schema(heldSchema),
        Cautioned: schema(cautionedSchema),
        Receipt: schema(receiptSchema),
        Verified: schema(verifiedSchema),
        VerifiedDay: schema(verifiedDaySchema),
        Export: schema(exportSchema),
        Endpoints: schema(endpointsSchema),
        Breaker: schema(breakerSchema),
        Breakers: schema(breakersSchema),
        ...Object.fromEntries(Object.entries(COMMAND_SCHEMAS).map(([name, it]) => [name, schema(it)])),
        StatusChange: schema(statusChangeSchema),
        Problem: schema(problemSchema),
      },
    },
  };
}

/** What stands under each path, but for posting work: that is described for each automation. */
function paths(): Record<string, object> {
  const described: Record<string, object> = {};
  for (const [operation, route] of Object.entries(ROUTES as Readonly<Record<string, Route>>)) {
    const { method, path } = partsOf(route);
    const page = PAGES[operation as Operation];
    const under = page ?? (route.says ? { [method.toLowerCase()]: operationOf(route, path) } : undefined);
    for (const [verb, told] of Object.entries(under ?? {})) {
      const operationId = operationIdOf(operation as Operation, verb);
      const named = { operationId, tags: [tagOf(path)], description: mayCall(route), ...told };
      described[path] = { ...described[path], [verb]: named };
    }
  }
  return described;
}

/** Linters take what is named `examples` beside a `schema` for examples of it: in this schema both are fields of an automation. */
function examplesApart({ properties, required, ...rest }: Shape): object {
  const { examples, ...others } = properties ?? {};
  const isOther = (field: string) => field !== 'examples';
  return {
    allOf: [
      { ...rest, properties: others, required: required?.filter(isOther) ?? [] },
      { type: 'object', properties: { examples }, required: ['examples'] },
    ],
  };
}

function operationOf({ says, query, body, gives, refuses = {} }: Route, path: string): object {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const inPath = names.map((name) => ({ name, in: 'path', required: true, schema: TEXT }));
  const problems = Object.entries(refuses).map(([status, why]) => [status, problem(why)]);
  return {
    summary: says,
    parameters: [...inPath, ...(query ? inQuery(query()) : [])],
    ...(body ? { requestBody: { content: { [JSON_TYPE]: { schema: schema(body()) } } } } : {}),
    responses: {
      ...(gives ? { [gives.status ?? 200]: answer(gives) } : {}),
      400: problem('A parameter or the body is wrong; errors[] names each field'),
      ...DENIALS,
      ...Object.fromEntries(problems),
      ...(body ? { 413: problem(LARGE) } : {}),
    },
  };
}

function inQuery(type: z.$ZodType): object[] {
  const { properties = {}, required = [] } = schema(type);
  return Object.entries(properties).map(([name, parameter]) => ({
    name,
    in: 'query',
    ...(required.includes(name) ? { required: true } : {}),
    schema: parameter,
  }));
}

function answer({ says, schema: shape, or }: Gives): object {
  const list = typeof shape === 'object' && {
    type: 'object',
    properties: { [shape.list]: { type: 'array', items: ref(shape.of) } },
  };
  const content = { [JSON_TYPE]: { schema: list || ref(shape as string) } };
  return { description: says, content: { ...content, ...(or ? { [or]: { schema: TEXT } } : {}) } };
}

interface Shape {
  properties?: Record<string, object>;
  required?: string[];
}

function schema(type: z.$ZodType): Shape {
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

function problem(description: string): object {
  return { description, content: { 'application/problem+json': { schema: ref('Problem') } } };
}

const DENIALS = {
  401: problem('The token is missing or not known'),
  403: problem('The token may not use this automation, is not for all of them, or has not the role'),
};

const LARGE = 'The body is too large';

const PRIORITY =
  'Which work goes first when capacity is short. At a busy model endpoint, urgent waits longer for a slot before the item is postponed, and low takes idle capacity only; low is deferred or turned away while approvals are overdue. Without pressure it changes nothing';

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
    tags: ['Items'],
    summary: entry.purpose,
    description: `Accepts one item of ${entry.name}. ${mayCall({ who: 'client' })}`,
    parameters: [
      header('Idempotency-Key', 'The same key and body again is the same item', {
        type: 'string',
        pattern: '^[\\x21-\\x7e]{1,255}$',
      }),
      header(
        'Prefer',
        `wait=N answers when the item is at rest, begins to wait for a person, or N <= ${MAX_WAIT_SECONDS} seconds are over; wait=N, early also as soon as something is known early`,
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
      202: {
        description:
          'Taken in, with what is known early; or low-priority work that gives way, kept for later (`deferred`)',
        content: {
          [JSON_TYPE]: { schema: ref('Accepted'), examples: { received: { value: received(entry.name) } } },
        },
      },
      400: problem('The body or a header is wrong; errors[] names each field'),
      ...DENIALS,
      409: problem('The key was used with another body'),
      413: problem(LARGE),
      429: problem(
        'More than the client may post, or low-priority work that gives way: nothing was kept (`accepted` is false); again after Retry-After',
      ),
    },
  };
  const post = { ...operation, callbacks: callbacksOf(entry.name) };
  return [partsOf(ROUTES.post).path.replace('{automation}', entry.name), { post }];
}

function received(automation: string): z.input<typeof acceptedSchema> {
  const id = `${automation}_ead633d80fb6992a6523457816d1d2d7`;
  return { id, automation, status: 'received', links: { self: `/v1/items/${id}` } };
}

/** Only of an automation that takes documents. */
function uploadPath({ name, documents }: RegistryEntry): [string, object][] {
  if (!documents) return [];
  const { contentTypes, mostBytes } = documents;
  const body = {
    type: 'object',
    properties: {
      name: { type: 'string', minLength: 1, maxLength: 255 },
      contentType: { enum: contentTypes, description: 'It may have parameters, such as a charset' },
      bytes: { type: 'integer', minimum: 1, maximum: mostBytes },
    },
    required: ['name', 'contentType', 'bytes'],
    additionalProperties: false,
  };
  const operation = {
    operationId: `upload-${name}`,
    tags: ['Items'],
    parameters: [],
    description: `Announces one document for an item of ${name}. ${mayCall({ who: 'client' })}`,
    summary:
      'Announce a document: PUT its bytes to the link with the headers, and name its reference in one item',
    requestBody: { required: true, content: { [JSON_TYPE]: { schema: body } } },
    responses: {
      201: answer({ says: 'A link that lives a quarter of an hour', schema: 'Upload' }),
      400: problem('A type or size beyond what the automation takes; errors[] names the field'),
      ...DENIALS,
      413: problem(LARGE),
      429: problem('More than the client may post; again after Retry-After'),
    },
  };
  return [[partsOf(ROUTES.upload).path.replace('{automation}', name), { post: operation }]];
}

function examples(entry: RegistryEntry): object {
  return Object.fromEntries(
    (entry.examples as { name: string; body: unknown }[]).map(({ name, body }) => [name, { value: body }]),
  );
}
