import type { Neighbour } from '../neighbour.ts';

/** How a source knows us. With each: what its secret holds. */
export const SOURCE_AUTHS = {
  /** `{"token": "…"}` */
  bearer: ['token'],
  /** `{"user": "…", "password": "…"}` */
  basic: ['user', 'password'],
  /** `{"key": "…"}`, sent as it is in the header `keyHeader` */
  header: ['key'],
} as const;
export type SourceAuth = keyof typeof SOURCE_AUTHS;

/** A read-only outside system, as `lib/` hands it over in the `SOURCES` variable. */
export interface Source extends Neighbour {
  kind: 'source';
  url: string;
  auth?: SourceAuth | undefined;
  keyHeader?: string | undefined;
  /** Absent: it wants no credentials. */
  secretId?: string | undefined;
  mostBytes: number;
}

/** One GET below the source's URL. */
export interface SourceRequest {
  /** Begins with `/`; it is put behind the URL, and cannot leave it. */
  path: string;
  query?: Readonly<Record<string, string | number | undefined>>;
  /** What the answer is. @default 'json' */
  as?: 'json' | 'text';
}
