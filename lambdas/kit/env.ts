import type { EnvFor, HandlerName } from '../contract/env.ts';
import { ENV } from '../contract/env.ts';

/** The environment of one function, every variable present. @throws Error naming all that are missing. */
export function readEnv<H extends HandlerName>(handler: H): EnvFor<H> {
  const names: readonly string[] = ENV[handler];
  const missing = names.filter((name) => !process.env[name]);
  if (missing.length > 0) throw new Error(`'${handler}' lacks environment variables: ${missing.join(', ')}`);
  return Object.fromEntries(names.map((name) => [name, process.env[name]])) as EnvFor<H>;
}
