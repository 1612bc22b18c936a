import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AwsClient } from 'aws4fetch';
import { Unreachable } from './errors.ts';

/** An AWS service refused; this is what it said. */
export class AwsRefusal extends Error {
  override readonly name = 'AwsRefusal';
  readonly code: string;
  readonly status: number;
  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** By service: the prefix of its operations, and the version of its JSON protocol. */
const JSON_SERVICES = {
  secretsmanager: ['secretsmanager', '1.1'],
  ssm: ['AmazonSSM', '1.1'],
  logs: ['Logs_20140328', '1.1'],
  dynamodb: ['DynamoDB_20120810', '1.0'],
  states: ['AWSStepFunctions', '1.0'],
  sqs: ['AmazonSQS', '1.0'],
} as const;

/** SES answers under another name than the one it signs with. */
const HOSTS: Record<string, string> = { ses: 'email' };

interface Identity {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}

/**
 * The AWS account of the current credentials, for the few commands that work on an account and not on the
 * API. One signer for all services: an SDK client for each would be much to install for little.
 */
export class Aws {
  readonly region: string;
  readonly #identity: Identity;
  readonly #endpoint: string | undefined;

  private constructor(region: string, identity: Identity, endpoint: string | undefined) {
    this.region = region;
    this.#identity = identity;
    this.#endpoint = endpoint;
  }

  /** The emulator of a local run, which takes any key. */
  static local({ region, endpointUrl }: { region: string; endpointUrl: string }): Aws {
    return new Aws(region, { accessKeyId: 'test', secretAccessKey: 'test' }, endpointUrl);
  }

  /**
   * With credentials and region as the AWS tools find them.
   * @param without what else there is to do
   * @param region another one than that of the tools
   * @throws Unreachable if there are none
   */
  static async open(endpoint: string | undefined, without?: string, region?: string): Promise<Aws> {
    const { config } = new SecretsManagerClient(region === undefined ? {} : { region });
    try {
      return new Aws(await config.region(), await config.credentials(), endpoint);
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      throw new Unreachable(
        `there are no AWS credentials, or no region: set them as for 'aws sts get-caller-identity' (${said})${without ? `; ${without}` : ''}`,
      );
    }
  }

  async json<T>(service: keyof typeof JSON_SERVICES, operation: string, input: object): Promise<T> {
    const [prefix, version] = JSON_SERVICES[service];
    const headers = {
      'content-type': `application/x-amz-json-${version}`,
      'x-amz-target': `${prefix}.${operation}`,
    };
    const text = await this.#send(service, '/', { method: 'POST', headers, body: JSON.stringify(input) });
    return (text ? JSON.parse(text) : {}) as T;
  }

  async get<T>(service: 'lambda' | 'ses', path: string): Promise<T> {
    return JSON.parse(await this.#send(service, path, { method: 'GET' })) as T;
  }

  /** @returns its XML */
  cloudformation(action: string, parameters: Record<string, string>): Promise<string> {
    return this.query('cloudformation', '2010-05-15', action, parameters);
  }

  /** One call of the older protocol, a form. @returns its XML */
  query(
    service: 'cloudformation' | 'monitoring' | 'ses' | 'sts',
    version: string,
    action: string,
    parameters: Record<string, string>,
  ): Promise<string> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = new URLSearchParams({ Action: action, Version: version, ...parameters }).toString();
    return this.#send(service, '/', { method: 'POST', headers, body });
  }

  /** @returns its XML */
  s3(method: 'GET' | 'DELETE', bucket: string, path: string): Promise<string> {
    return this.#send('s3', path, { method }, this.#bucketUrl(bucket, ''));
  }

  /** An object as it is; undefined if there is none. */
  async object(bucket: string, key: string): Promise<{ bytes: Buffer; etag: string } | undefined> {
    const response = await this.#fetch(
      's3',
      this.#bucketUrl(bucket, `/${encoded(key)}`),
      { method: 'GET' },
      LONG_MS,
    );
    if (response.ok)
      return { bytes: Buffer.from(await response.arrayBuffer()), etag: response.headers.get('etag') ?? '' };
    if (response.status === 404) return undefined;
    throw refusal('s3', response.status, await response.text());
  }

  /** @returns false where the condition in the headers does not hold */
  async putObject(
    bucket: string,
    key: string,
    body: Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
  ): Promise<boolean> {
    const init = { method: 'PUT', headers, body };
    const response = await this.#fetch('s3', this.#bucketUrl(bucket, `/${encoded(key)}`), init, LONG_MS);
    if (response.ok) return true;
    if (response.status === 409 || response.status === 412) return false;
    const refused = refusal('s3', response.status, await response.text());
    // What was to be replaced is gone.
    if (headers['if-match'] !== undefined && refused.code === 'NoSuchKey') return false;
    throw refused;
  }

  /** All objects whose keys begin so. */
  async objects(bucket: string, prefix: string): Promise<{ key: string; bytes: number }[]> {
    const found: { key: string; bytes: number }[] = [];
    for (let next: string | undefined, more = true; more; ) {
      const query = new URLSearchParams({
        ...{ 'list-type': '2', prefix },
        ...(next === undefined ? {} : { 'continuation-token': next }),
      });
      const xml = await this.s3('GET', bucket, `/?${query}`);
      for (const part of xml.split('<Contents>').slice(1))
        found.push({ key: elements(part, 'Key')[0] ?? '', bytes: Number(elements(part, 'Size')[0]) });
      next = elements(xml, 'NextContinuationToken')[0];
      more = next !== undefined;
    }
    return found;
  }

  #bucketUrl(bucket: string, path: string): string {
    const base = this.#endpoint
      ? `${this.#endpoint}/${bucket}`
      : `https://${bucket}.s3.${this.region}.amazonaws.com`;
    return `${base}${path}`;
  }

  async #send(
    service: string,
    path: string,
    init: { method: string; headers?: Record<string, string>; body?: string },
    base = this.#endpoint ?? `https://${HOSTS[service] ?? service}.${this.region}.amazonaws.com`,
  ): Promise<string> {
    const response = await this.#fetch(service, `${base}${path}`, init, SHORT_MS);
    const text = await response.text();
    if (response.ok) return text;
    throw refusal(service, response.status, text);
  }

  async #fetch(
    service: string,
    url: string,
    init: { method: string; headers?: Record<string, string>; body?: string | Uint8Array<ArrayBuffer> },
    milliseconds: number,
  ): Promise<Response> {
    const { sessionToken, ...keys } = this.#identity;
    const client = new AwsClient({
      ...{ ...keys, service, region: this.region, retries: 4 },
      ...(sessionToken ? { sessionToken } : {}),
    });
    return client
      .fetch(url, { ...init, signal: AbortSignal.timeout(milliseconds) })
      .catch((error: unknown) => {
        throw new Unreachable(`${service} in ${this.region} does not answer: ${String(error)}`);
      });
  }
}

/** For what is small, and for whole files. */
const SHORT_MS = 30_000;
const LONG_MS = 600_000;

const encoded = (key: string) => key.split('/').map(encodeURIComponent).join('/');

function refusal(service: string, status: number, text: string): AwsRefusal {
  const { __type, message, Message } = parsed(text);
  const code = __type?.split('#').at(-1) ?? /<Code>([^<]+)<\/Code>/.exec(text)?.[1] ?? String(status);
  const said = message ?? Message ?? /<Message>([^<]*)<\/Message>/.exec(text)?.[1] ?? '';
  return new AwsRefusal(code, status, `${service}: ${code}${said ? `: ${said}` : ''}`);
}

function parsed(text: string): { __type?: string; message?: string; Message?: string } {
  try {
    return JSON.parse(text) as { __type?: string };
  } catch {
    return {};
  }
}

/** Every element of that name, in order. */
export function elements(xml: string, name: string): string[] {
  const found = xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'));
  return [...found].map(([, text = '']) => text.replaceAll('&amp;', '&').replaceAll('&quot;', '"'));
}

/** What a stack has made, by the name that the template gives it and the one that it has. */
export async function resourcesOf(
  aws: Aws,
  StackName: string,
): Promise<{ type: string; logicalId: string; id: string }[]> {
  const found: { type: string; logicalId: string; id: string }[] = [];
  let next: string | undefined;
  do {
    // Not DescribeStackResources: that answers with the first hundred, and the platform has more.
    const page = { StackName, ...(next ? { NextToken: next } : {}) };
    const xml = await aws.cloudformation('ListStackResources', page);
    for (const part of xml.split('<member>')) {
      const [type] = elements(part, 'ResourceType');
      const [id] = elements(part, 'PhysicalResourceId');
      const [logicalId = ''] = elements(part, 'LogicalResourceId');
      if (type && id) found.push({ type, logicalId, id });
    }
    next = elements(xml, 'NextToken')[0];
  } while (next);
  return found;
}

/** Status by name of the existing stacks of a stage. */
export async function stacksOf(aws: Aws, prefix: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  let next: string | undefined;
  do {
    const xml = await aws.cloudformation('DescribeStacks', next ? { NextToken: next } : {});
    for (const part of xml.split('<StackName>').slice(1)) {
      const name = part.slice(0, part.indexOf('<'));
      const status = elements(part, 'StackStatus')[0] ?? '';
      if (name.startsWith(prefix) && status !== 'DELETE_COMPLETE') found.set(name, status);
    }
    next = elements(xml, 'NextToken')[0];
  } while (next);
  return found;
}
