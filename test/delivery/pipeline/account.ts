import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { listening } from '../../support/listening.ts';

/*
 * AWS and a deployed API in one small server: what the delivery asks of them. Stacks lie in a folder, where the stand-in for the CDK
 * puts what it deploys. The access key says whose account it is.
 */

export interface Played {
  url: string;
  /** Stacks by account: `<folder>/<account>/<stack>.json`. */
  folder: string;
  parameters: Map<string, string>;
  objects: Map<string, Buffer>;
  /** What rings from now on. */
  alarms: { name: string; says: string }[];
  /** What the clock has told from now on. */
  judged: string[];
  /** In which status an item comes to rest. */
  rests: string;
  calls: string[];
  stop(): Promise<void>;
}

export async function playAccount(folder: string): Promise<Played> {
  const played: Played = {
    ...{
      url: '',
      folder,
      parameters: new Map(),
      objects: new Map(),
      alarms: [],
      judged: [],
      rests: 'done',
      calls: [],
    },
    stop: () => new Promise((done) => server.close(() => done())),
  };
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const [status, text] = answer(played, request, body);
    response.statusCode = status;
    response.end(text);
  });
  played.url = await listening(server);
  return played;
}

function clockRow({ judged }: Played): object {
  const now = { S: new Date(Date.now() + 1000).toISOString() };
  const M = Object.fromEntries(
    judged.map((name) => [name, { M: { since: now, at: now, told: { BOOL: true } } }]),
  );
  return { lookedAt: now, standing: { M } };
}

type Answer = [status: number, text: string | Buffer];

function answer(played: Played, request: IncomingMessage, body: Buffer): Answer {
  const target = request.headers['x-amz-target'];
  const account = /Credential=(\d{12})\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
  if (target === 'DynamoDB_20120810.GetItem') return [200, JSON.stringify({ Item: clockRow(played) })];
  if (typeof target === 'string')
    return parameter(played, account, target.split('.')[1] ?? '', body.toString());
  const form = new URLSearchParams(body.toString());
  if (form.has('Action')) {
    played.calls.push(`${account} ${form.get('Action')}`);
    return query(played, account, form);
  }
  const path = new URL(request.url ?? '/', 'http://x').pathname;
  if (path.startsWith('/v1/')) return api(played, request.method ?? 'GET', path);
  played.calls.push(`${account} ${request.method} ${path}`);
  if (request.method === 'PUT') played.objects.set(path, body);
  const object = played.objects.get(path);
  return object ? [200, object] : [404, '<Code>NoSuchKey</Code>'];
}

function parameter({ parameters, calls }: Played, account: string, operation: string, body: string): Answer {
  calls.push(`${account} ${operation}`);
  const { Name, Value } = JSON.parse(body) as { Name: string; Value?: string };
  if (Value !== undefined) parameters.set(account + Name, Value);
  const found = parameters.get(account + Name);
  if (found === undefined) return [400, JSON.stringify({ __type: 'ParameterNotFound' })];
  return [200, JSON.stringify({ Parameter: { Value: found } })];
}

function query(played: Played, account: string, form: URLSearchParams): Answer {
  const folder = join(played.folder, account);
  mkdirSync(folder, { recursive: true });
  const own = form.get('StackName');
  switch (form.get('Action')) {
    case 'GetCallerIdentity':
      return [200, `<Account>${account}</Account>`];
    case 'DescribeStacks': {
      const names = readdirSync(folder).map((name) => name.replace('.json', ''));
      const stacks = names
        .filter((name) => own === null || name === own)
        .map(
          (name) =>
            `<member><StackName>${name}</StackName><StackStatus>UPDATE_COMPLETE</StackStatus></member><member><OutputKey>ApiUrl</OutputKey><OutputValue>${played.url}</OutputValue></member><member><OutputKey>ControlTable</OutputKey><OutputValue>control</OutputValue></member>`,
        );
      return [200, `<Stacks>${stacks.join('')}</Stacks>`];
    }
    case 'GetTemplate': {
      const file = join(folder, `${own}.json`);
      if (!existsSync(file)) return [400, '<Code>ValidationError</Code>'];
      return [200, `<TemplateBody>${escaped(readFileSync(file, 'utf8'))}</TemplateBody>`];
    }
    case 'ListImports':
      return [400, '<Code>ValidationError</Code>'];
    case 'DescribeAlarms':
      return [
        200,
        played.alarms
          .map(
            ({ name, says }) =>
              `<member><AlarmDescription>${says}</AlarmDescription><AlarmActions><member>arn</member></AlarmActions><StateUpdatedTimestamp>${new Date(Date.now() + 1000).toISOString()}</StateUpdatedTimestamp><Dimensions><member><Name>n</Name></member></Dimensions><AlarmName>${name}</AlarmName></member>`,
          )
          .join(''),
      ];
    default:
      return [400, '<Code>InvalidAction</Code>'];
  }
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

function api({ rests, calls }: Played, method: string, path: string): Answer {
  calls.push(`${method} ${path}`);
  const item = { id: 'item-1', automation: 'refund-request', status: rests, timeline: [] };
  const answers: Record<string, object> = {
    '/v1/automations': { automations: [] },
    '/v1/automations/refund-request': {
      name: 'refund-request',
      examples: ['a small one', 'a small double charge'].map((name) => ({ name, body: { a: 1 } })),
    },
    '/v1/breakers': { breakers: [] },
    '/v1/redrives': { redrives: [] },
    '/v1/items': { items: [] },
  };
  const known =
    answers[path] ??
    (/^\/v1\/(?:items\/item-1|automations\/refund-request\/items)$/.test(path) ? item : undefined);
  return known ? [200, JSON.stringify(known)] : [404, '{}'];
}

/** What is deployed there: the templates by stack. */
export function deployedIn({ folder }: Played, account: string): Record<string, { Resources: object }> {
  const at = join(folder, account);
  mkdirSync(at, { recursive: true });
  return Object.fromEntries(
    readdirSync(at).map((name) => [
      name.replace('.json', ''),
      JSON.parse(readFileSync(join(at, name), 'utf8')),
    ]),
  );
}

/** Something that nobody delivered. */
export function changeByHand({ folder }: Played, account: string, stack: string, template: object): void {
  writeFileSync(join(folder, account, `${stack}.json`), JSON.stringify(template));
}
