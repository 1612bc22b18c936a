import type { Command } from '../command.ts';
import { approvals } from './approvals.ts';
import { audit } from './audit.ts';
import { audits } from './audits.ts';
import { automations } from './automations.ts';
import { breakers } from './breakers.ts';
import { calibrate } from './calibrate.ts';
import { cases } from './cases.ts';
import { caution } from './caution.ts';
import { compensate } from './compensate.ts';
import { dlq } from './dlq.ts';
import { drain } from './drain.ts';
import { drift } from './drift.ts';
import { endpoints } from './endpoints.ts';
import { erase } from './erase.ts';
import { exported } from './export.ts';
import { health } from './health.ts';
import { items } from './items.ts';
import { knowledge } from './knowledge.ts';
import { create } from './new.ts';
import { open } from './open.ts';
import { preflight } from './preflight.ts';
import { prompts } from './prompts.ts';
import { redrive } from './redrive.ts';
import { rehearse } from './rehearse.ts';
import { release } from './release.ts';
import { report } from './report.ts';
import { restore } from './restore.ts';
import { resume } from './resume.ts';
import { review } from './review.ts';
import { send } from './send.ts';
import { similar } from './similar.ts';
import { statistics } from './statistics.ts';
import { status } from './status.ts';
import { surrogate } from './surrogate.ts';
import { suspend } from './suspend.ts';
import { teardown } from './teardown.ts';
import { token } from './token.ts';
import { verify } from './verify.ts';
import { whatIf } from './what-if.ts';
import { withdraw } from './withdraw.ts';

/** In the order in which a new operator needs them. */
export const GROUPS: readonly (readonly [title: string, commands: readonly Command[]])[] = [
  ['Work', [send, status, items, withdraw, compensate, approvals]],
  ['Records', [statistics, report, drift, audits, whatIf, rehearse, audit, verify, exported, cases, erase]],
  ['Automations', [automations, review, release, prompts, create, knowledge]],
  [
    'When something is wrong',
    [
      health,
      redrive,
      dlq,
      caution,
      suspend,
      drain,
      resume,
      endpoints,
      breakers,
      calibrate,
      similar,
      surrogate,
    ],
  ],
  ['This machine and the account', [open, token, preflight, restore, teardown]],
];

export const commands: readonly Command[] = GROUPS.flatMap(([, group]) => group);
