import { type App, Stack } from 'aws-cdk-lib';
import type { ResolvedConfig } from '../config.ts';
import { type Hardening, PLAIN } from '../hardening-config.ts';
import type { Environment } from '../parts/environment.ts';
import { encrypt, ownKey } from './keys.ts';
import { connect } from './vpc.ts';

/** Nothing of it on a laptop: the emulator has neither keys nor networks of its own. */
export function hardeningOf({ name, local }: Environment, { hardening }: ResolvedConfig): Hardening {
  return (local ? undefined : hardening[name]) ?? PLAIN;
}

/** What changes resources of every stack is done when all of them are there, so that no room forgets it. */
export function harden(app: App, platform: Stack, environment: Environment, wanted: Hardening): void {
  const key = wanted.customerKeys ? ownKey(platform, environment) : undefined;
  for (const stack of app.node.children.filter((it) => it instanceof Stack))
    for (const node of stack.node.findAll()) {
      if (key) encrypt(node, key.keyArn);
      if (wanted.vpc) connect(node, wanted.vpc);
    }
}
