import { automation } from '@bundled/automation';
import type { ForwardRequest } from '../contract/item/forward.ts';
import { readEnv } from '../kit/env.ts';
import { takeForward } from './forward.ts';

const env = readEnv('intake/forward');

/** Called by the `act` functions of the automations that forward to this one, and by nobody else. */
export const handler = (event: ForwardRequest) => takeForward(event, automation, env);
