import type { Command } from '../command.ts';
import { held } from './suspend.ts';

export const drain: Command = {
  name: 'drain',
  summary: 'Finish what is begun and begin nothing new until it is resumed',
  usage: `signalbox drain <automation> --reason "…"

  --reason TEXT  why, for the next operator: 3 to 300 characters

Work is accepted and waits. The automation is drained, and says so, once no item
is processing, waiting_approval or acting any more. End it with resume. For a
token with the role operator.`,
  example: ['drain', 'refund-request', '--reason', 'the ledger moves tonight'],
  arguments: ['automation'],
  options: { reason: 'text' },
  run: (input, terminal) => held('drain', {}, input, terminal),
};
