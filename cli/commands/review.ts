import type * as z from 'zod/mini';
import type { reviewedSchema } from '../../lambdas/api/openapi/operator-schemas.ts';
import type { Command } from '../command.ts';
import { connect } from '../connect.ts';
import { printJson } from '../terminal.ts';

type Reviewed = z.output<typeof reviewedSchema>;

export const review: Command = {
  name: 'review',
  summary: 'Record that an automation was reviewed',
  usage: `signalbox review <automation> [options]

  --note TEXT  what you found, for the next review: 3 to 300 characters

What a review looks at: docs/control-room.md. For a token with the role
operator; owners press the button in the console.`,
  example: ['review', 'refund-request', '--note', 'limits still fit'],
  arguments: ['automation'],
  options: { note: 'text' },
  async run(input, terminal) {
    const automation = input.argument(0) ?? '';
    const note = input.option('note');
    const client = await connect(terminal);
    const path = `/v1/automations/${encodeURIComponent(automation)}/review`;
    const body = JSON.stringify(note === undefined ? {} : { note });
    const { data, json } = await client.post<Reviewed>(path, body, {});
    if (input.json) printJson(terminal, json);
    else terminal.out(`${data.automation}: reviewed ${data.lastReviewed}, due again by ${data.reviewDue}`);
  },
};
