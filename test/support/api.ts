import { type ApiEvent, apiHandler, type Caller, type Reply } from '../../lambdas/kit/http.ts';

/* A request as API Gateway hands it over, with or without a caller that the authorizer has named. */

export interface Request {
  route?: string;
  path?: string;
  headers?: Record<string, string | undefined>;
  body?: unknown;
  base64?: boolean;
  query?: Record<string, string>;
  params?: Record<string, string>;
  caller?: {
    client?: string;
    automations?: string;
    role?: string;
    limits?: string;
    callbacks?: string;
  } | null;
}

export const SHOP = { client: 'shop', automations: 'demo', role: 'client', callbacks: 'yes' };
export const OPERATOR = { client: 'ops', automations: '*', role: 'operator' };

export function request(given: Request = {}): ApiEvent {
  const [method = 'POST', path = '/v1/automations/demo/items'] = (given.route ?? '')
    .split(' ')
    .filter(Boolean);
  const text =
    typeof given.body === 'string' ? given.body : JSON.stringify(given.body ?? { text: 'charged twice' });
  return {
    routeKey: given.route ?? 'POST /v1/automations/demo/items',
    rawPath: given.path ?? path,
    headers: given.headers ?? {},
    body: given.base64 ? Buffer.from(text).toString('base64') : text,
    isBase64Encoded: given.base64 ?? false,
    ...(given.query ? { queryStringParameters: given.query } : {}),
    ...(given.params ? { pathParameters: given.params } : {}),
    requestContext: {
      http: { method },
      ...(given.caller === null ? {} : { authorizer: { lambda: given.caller ?? SHOP } }),
    },
  } as unknown as ApiEvent;
}

export interface Answered {
  status: number;
  headers: Record<string, unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at any field of any answer
  body: any;
}

/** Through the one door that every API function has. */
export async function through(
  run: (event: ApiEvent, caller: Caller) => Promise<Reply>,
  given: Request = {},
): Promise<Answered> {
  const { statusCode = 0, headers = {}, body = '' } = await apiHandler(run)(request(given));
  return { status: statusCode, headers, body: JSON.parse(body) };
}
