import type { Operation } from '../routes.ts';

/* What browsers and Slack call: a link, a session or a signature takes the place of a token. And what has a protocol of its own. */

const OPEN = { security: [] };

function page(description: string): object {
  return { description, content: { 'text/html': { schema: { type: 'string' } } } };
}

const text = (description: string) => ({ type: 'string', description });
const inPath = (name: string) => ({ name, in: 'path', required: true, schema: { type: 'string' } });
const id = inPath('id');
const header = (name: string, description: string) => ({
  ...{ name, in: 'header', required: true, description, schema: { type: 'string' } },
});

/** Of JSON-RPC 2.0. */
const message = {
  'application/json': {
    schema: {
      type: 'object',
      properties: { jsonrpc: { const: '2.0' }, method: { type: 'string' }, params: { type: 'object' } },
      required: ['jsonrpc'],
      additionalProperties: true,
    },
  },
};
const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

const form = {
  type: 'object',
  required: ['t', 'nonce', 'decision'],
  properties: {
    t: text("The link's secret"),
    nonce: text('Proof that the form is of a page made for this link'),
    decision: { enum: ['approve', 'reject', 'again', 'undo', 'claim', 'release', 'escalate', 'hand-over'] },
    comment: { ...text('Needed above routine risk, and for again'), maxLength: 2000 },
    confirm: text('For a catastrophic action: the words that the page names'),
    to: text("For hand-over: a colleague's address"),
    active: text('Seconds in which the page was in view'),
    seen: text('In the form that asks once more: the nonce of the page before'),
    website: { ...text('Out of sight of people: whatever stands in it makes the form void'), maxLength: 0 },
  },
  // Editable parameters have fields of their own names.
  additionalProperties: true,
};

/** What stands under the paths that are no JSON interface, in brief. */
export const PAGES: Partial<Record<Operation, Readonly<Record<string, object>>>> = {
  description: {
    get: {
      ...{ ...OPEN, summary: 'This description', parameters: [] },
      responses: {
        200: {
          description: 'OpenAPI 3.1',
          content: { 'application/json': { schema: { type: 'object' } } },
        },
        429: { description: 'More requests than the API takes at once: again later' },
      },
    },
  },
  mcp: {
    post: {
      ...{ summary: 'One message of the Model Context Protocol, for agents', parameters: [] },
      requestBody: { required: true, content: message },
      responses: {
        200: { description: 'The answer; what a tool could not do is in it', content: message },
        202: { description: 'A notification was taken' },
        400: {
          description: 'No JSON, no message, several at once, or a revision that is not spoken',
          content: message,
        },
        401: problem('The token is missing or not known'),
        403: problem("A tool that is not the token's, or a page of another origin"),
        406: { description: "'Accept' takes no JSON", content: message },
        413: problem('The body is too large'),
        415: { description: "'Content-Type' is not application/json", content: message },
      },
    },
  },
  page: {
    get: {
      ...{ ...OPEN, summary: "The approver's page. It changes nothing" },
      parameters: [id, { name: 't', in: 'query', required: true, schema: text("The link's secret") }],
      responses: {
        200: page('The question, or what was decided'),
        404: page('Not a link of this approval'),
        409: page('The proposal is not the one that was asked about'),
      },
    },
    post: {
      ...{ ...OPEN, summary: "The page's form: records the decision once", parameters: [id] },
      requestBody: { required: true, content: { 'application/x-www-form-urlencoded': { schema: form } } },
      responses: {
        200: page(
          'The decision, or the one that was there before. From consequential on, by a mailed link: first a page whose form confirm records it',
        ),
        400: page('The form was not complete: the question again, with the reason'),
        404: page('Not a link of this approval'),
        409: page('The proposal is not the one that was asked about: nothing can be decided'),
      },
    },
  },
  pagePicture: {
    get: {
      ...{ ...OPEN, summary: 'A page of a document as a picture, while its approval is open' },
      parameters: [
        ...[id, inPath('ref'), inPath('n')],
        { name: 't', in: 'query', required: true, schema: text("The link's secret") },
      ],
      responses: {
        200: {
          description: 'The page',
          content: { 'image/png': { schema: { type: 'string', contentMediaType: 'image/png' } } },
        },
        404: page('Not a link of this approval, or none of its pages'),
      },
    },
  },
  console: {
    get: {
      ...{ ...OPEN, summary: 'The console, for people; its pages lie below', parameters: [] },
      responses: {
        200: page('The page'),
        303: { description: 'Not signed in: to /console/sign-in' },
        404: page('There is no such page'),
      },
    },
  },
  slack: {
    post: {
      ...{ ...OPEN, summary: 'Clicks from Slack, where it is configured' },
      parameters: [
        header('X-Slack-Signature', "Slack's signature over the body"),
        header('X-Slack-Request-Timestamp', 'Unix time, at most five minutes old'),
      ],
      requestBody: {
        required: true,
        content: {
          'application/x-www-form-urlencoded': {
            schema: { type: 'object', properties: { payload: { type: 'string' } } },
          },
        },
      },
      responses: {
        200: { description: 'Heard: what came of it is told in Slack' },
        401: { description: 'The signature is not good' },
        500: { description: 'Something failed: click again' },
      },
    },
  },
};
