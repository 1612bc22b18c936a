/** How an outside system knows us. With each: what its secret holds. */
export const AUTHS = {
  /** `{"token": "…"}` */
  bearer: ['token'],
  /** `{"user": "…", "password": "…"}` */
  basic: ['user', 'password'],
  /** `{"key": "…"}`, sent as it is in the header `keyHeader` */
  header: ['key'],
  /** `{"clientId": "…", "clientSecret": "…"}`: client credentials, for a token of `tokenUrl` */
  oauth: ['clientId', 'clientSecret'],
  /** `{"signingKey": "…"}`: signs method, body and path, in the header `keyHeader` */
  hmac: ['signingKey'],
  /** `{"accessKeyId": "…", "secretAccessKey": "…"}`: AWS Signature Version 4 */
  sigv4: ['accessKeyId', 'secretAccessKey'],
} as const;
export type Auth = keyof typeof AUTHS;

/** The part of a neighbour that says how it knows us. */
export interface Credentials {
  /** @default not at all */
  auth?: Auth | undefined;
  /** Of `header` and `hmac`. @default `x-api-key`, `x-signature` */
  keyHeader?: string | undefined;
  /** Absent: it wants no credentials. */
  secretId?: string | undefined;
  /** Of `oauth`. */
  tokenUrl?: string | undefined;
  /** Of `oauth`. @default none is asked for */
  scope?: string | undefined;
  /** Of `oauth`. @default none is asked for */
  audience?: string | undefined;
  /** Of `oauth`: where the client's secret stands. @default 'basic' */
  tokenAuth?: 'basic' | 'body' | undefined;
  /** Of `sigv4`. */
  region?: string | undefined;
  /** Of `sigv4`. @default 'execute-api' */
  service?: string | undefined;
}
