import type { Command } from '../command.ts';
import { approvals } from './approvals.ts';
import { audit } from './audit.ts';
import { automations } from './automations.ts';
import { breakers } from './breakers.ts';
import { calibrate } from './calibrate.ts';
import { cases } from './cases.ts';
import { caution } from './caution.ts';
import { endpoints } from './endpoints.ts';
import { items } from './items.ts';
import { create } from './new.ts';
import { open } from './open.ts';
import { preflight } from './preflight.ts';
import { restore } from './restore.ts';
import { resume } from './resume.ts';
import { send } from './send.ts';
import { statistics } from './statistics.ts';
import { status } from './status.ts';
import { teardown } from './teardown.ts';
import { token } from './token.ts';
import { withdraw } from './withdraw.ts';

/** In the order in which a new operator needs them. */
export const commands: readonly Command[] = [
  send,
  status,
  items,
  withdraw,
  approvals,
  statistics,
  audit,
  cases,
  automations,
  create,
  caution,
  resume,
  endpoints,
  breakers,
  calibrate,
  open,
  token,
  preflight,
  restore,
  teardown,
];
