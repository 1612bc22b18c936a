import { request } from 'node:http';
import { AwsClient } from 'aws4fetch';

export const REGION = 'us-east-1';
/** The account of the access key `test`; an emulator knows no other unless it is told. */
export const ACCOUNT = '000000000000';
export const KEYS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Client options for any AWS SDK v3 client of the emulator. */
export function sdkOptions(endpoint: string) {
  return { endpoint, region: REGION, credentials: KEYS };
}

/** The environment that points a program of the AWS tool chain at the emulator, and at nothing else. */
export function emulatorEnv(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_EC2_METADATA_DISABLED: 'true',
    // A proxy of the machine would be asked for 127.0.0.1 too.
    NO_PROXY: '127.0.0.1,localhost',
    no_proxy: '127.0.0.1,localhost',
  };
}

/**
 * One call of CloudFormation's query protocol.
 * @returns its XML.
 * @throws Error with CloudFormation's own message.
 */
export async function cloudformation(
  endpoint: string,
  action: string,
  parameters: Record<string, string>,
): Promise<string> {
  const aws = new AwsClient({ ...KEYS, region: REGION, service: 'cloudformation', retries: 0 });
  const response = await aws.fetch(endpoint, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ Action: action, Version: '2010-05-15', ...parameters }).toString(),
  });
  const xml = await response.text();
  if (!response.ok)
    throw new Error(`cloudformation ${action}: ${element(xml, 'Message') ?? `HTTP ${response.status}`}`);
  return xml;
}

/**
 * One call of a JSON protocol of AWS.
 * @throws Error with the service's own message
 */
export async function callJson<T>(
  endpoint: string,
  service: string,
  target: string,
  body: object,
): Promise<T> {
  const aws = new AwsClient({ ...KEYS, region: REGION, service, retries: 0 });
  const response = await aws.fetch(endpoint, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-amz-json-1.1', 'X-Amz-Target': target },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as T & { message?: string; Message?: string };
  if (!response.ok)
    throw new Error(`${target}: ${answer.message ?? answer.Message ?? `HTTP ${response.status}`}`);
  return answer;
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function element(xml: string, name: string): string | undefined {
  const text = xml.match(new RegExp(`<${name}>([^<]*)</${name}>`))?.[1];
  return text?.replace(/&(lt|gt|quot|apos|amp);/g, (_, entity: string) => ENTITIES[entity] ?? '');
}

/** Status by stack name, of the stacks that exist. */
export async function stackStatuses(endpoint: string): Promise<Map<string, string>> {
  const xml = await cloudformation(endpoint, 'DescribeStacks', {});
  const stacks = xml
    .split('<StackName>')
    .slice(1)
    .map((part) => `<StackName>${part}`);
  return new Map(
    stacks.map((part) => [element(part, 'StackName') ?? '', element(part, 'StackStatus') ?? '']),
  );
}

/** Whether the last change of a stack ended well. A run that was broken off leaves other statuses behind. */
export function isComplete(status: string | undefined): boolean {
  return status === 'CREATE_COMPLETE' || status === 'UPDATE_COMPLETE';
}

/** Physical id by logical id. @throws Error when there is no such stack. */
export async function physicalIds(endpoint: string, stack: string): Promise<Map<string, string>> {
  const xml = await cloudformation(endpoint, 'DescribeStackResources', { StackName: stack });
  const members = xml.match(/<member>[\s\S]*?<\/member>/g) ?? [];
  return new Map(
    members.map((part) => [
      element(part, 'LogicalResourceId') ?? '',
      element(part, 'PhysicalResourceId') ?? '',
    ]),
  );
}

export interface Invocation {
  /**
   * `Unhandled` or `Handled` when the function failed, a description when it was not run; undefined when it
   * answered.
   */
  error: string | undefined;
  payload: string;
}

/**
 * Invokes a function and waits for its answer, however long that takes: `fetch` gives up after five minutes,
 * a function may run for fifteen. Never throws; a failure is an answer.
 */
export function invokeFunction(endpoint: string, name: string, event: unknown): Promise<Invocation> {
  const body = JSON.stringify(event);
  return new Promise((resolve) => {
    const call = request(
      `${endpoint}/2015-03-31/functions/${encodeURIComponent(name)}/invocations`,
      {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', (error) => resolve({ error: error.message, payload: '' }));
        response.on('end', () => {
          const payload = Buffer.concat(chunks).toString('utf8');
          const failed = response.headers['x-amz-function-error'];
          const status = response.statusCode ?? 0;
          if (failed !== undefined) resolve({ error: String(failed), payload });
          else resolve({ error: status >= 200 && status < 300 ? undefined : `HTTP ${status}`, payload });
        });
      },
    );
    call.on('error', (error) => resolve({ error: error.message, payload: '' }));
    call.end(body);
  });
}

export interface EventSourceMapping {
  UUID: string;
  EventSourceArn: string;
  FunctionArn: string;
  BatchSize?: number;
  MaximumBatchingWindowInSeconds?: number;
  FunctionResponseTypes?: string[];
  FilterCriteria?: { Filters?: { Pattern: string }[] };
  ScalingConfig?: { MaximumConcurrency?: number };
  MaximumRetryAttempts?: number;
  BisectBatchOnFunctionError?: boolean;
  DestinationConfig?: { OnFailure?: { Destination?: string } };
}

/** The event source mappings as they were deployed, every reference resolved. */
export async function eventSourceMappings(endpoint: string): Promise<EventSourceMapping[]> {
  const mappings: EventSourceMapping[] = [];
  let marker: string | undefined;
  do {
    const query = marker ? `?Marker=${encodeURIComponent(marker)}` : '';
    const response = await fetch(`${endpoint}/2015-03-31/event-source-mappings${query}`);
    if (!response.ok) throw new Error(`lambda ListEventSourceMappings: HTTP ${response.status}`);
    const page = (await response.json()) as {
      EventSourceMappings: EventSourceMapping[];
      NextMarker?: string;
    };
    mappings.push(...page.EventSourceMappings);
    marker = page.NextMarker || undefined;
  } while (marker);
  return mappings;
}
