import type * as z from 'zod/v4/core';
import type { Door } from '../../contract/intake/door.ts';
import type { Raw } from '../../contract/intake/repair.ts';
import { fitting, isDeep } from '../../kit/request-body.ts';
import type { Arrival } from '../accept.ts';

interface Came {
  /** By which it is known when it comes again. */
  key: string;
  /** As it came: kept where no body can be made of it. */
  came: unknown;
  /** Made by the automation's own code out of a stranger's data: it may throw. */
  body: () => unknown;
  documents?: readonly string[];
}

/** One arrival through a door that nobody waits at. @param name of the door, such as `event:orders` */
export function arrivalOf(name: string, door: Door, schema: z.$ZodType, given: Came): Arrival {
  const { key, came, body, documents = [] } = given;
  const refused = unkeepable(came);
  const content = refused ? contentOf(schema, unread, null) : contentOf(schema, body, came);
  return {
    // No key of a client has a space in it: what it posts, or another of its doors, is never taken for this.
    ...{ client: door.client ?? `@${name}`, door: name, key: `${name} ${key}`, documents },
    ...{ priority: door.priority ?? 'normal', content, ...(refused ? { refused } : {}) },
  };
}

/** The name of why it cannot be kept as it came. One such record must not hold up those beside it. */
function unkeepable(came: unknown): 'nested-too-deep' | 'not-json' | undefined {
  if (came instanceof Uint8Array || typeof came === 'string' || came === undefined) return undefined;
  if (isDeep(came)) return 'nested-too-deep';
  return madeOf(came) === undefined ? 'not-json' : undefined;
}

/** Stands for the body of what was refused before anybody read it. */
export function unread(): never {
  throw new Error('it was refused');
}

function contentOf(schema: z.$ZodType, body: () => unknown, came: unknown): Arrival['content'] {
  let made: unknown;
  try {
    made = body();
    const fits = fitting(schema, made);
    // Where the schema takes anything, it takes what is no JSON.
    JSON.stringify(fits);
    return { body: fits };
  } catch {
    const json = madeOf(made);
    return { raw: { ...rawOf(came), ...(json === undefined ? {} : { made: json }) } };
  }
}

/** What the mapping made, as far as it is JSON: a repair goes on from there. */
function madeOf(made: unknown): string | undefined {
  try {
    return JSON.stringify(made);
  } catch {
    return undefined;
  }
}

function rawOf(came: unknown): Raw {
  if (came instanceof Uint8Array) return { text: Buffer.from(came).toString('base64'), encoding: 'base64' };
  return { text: typeof came === 'string' ? came : JSON.stringify(came ?? null), encoding: 'utf8' };
}
