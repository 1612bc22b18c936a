import type { Neighbour } from '../neighbour.ts';
import type { Credentials } from './auth.ts';

/** A read-only outside system, as `lib/` hands it over in the `SOURCES` variable. */
export interface Source extends Neighbour, Credentials {
  kind: 'source';
  url: string;
  mostBytes: number;
  /** Paths at which a POST only reads. @default none */
  readsByPost?: readonly string[] | undefined;
}

/** One question below the source's URL: a GET, or a POST that only reads. */
export interface SourceRequest {
  /** Begins with `/`; it is put behind the URL, and cannot leave it. */
  path: string;
  query?: Readonly<Record<string, string | number | undefined>>;
  /** Sent as JSON by POST. The source's `readsByPost` must name the path. @default a GET */
  body?: unknown;
  /** What the answer is. @default 'json' */
  as?: 'json' | 'text';
}
