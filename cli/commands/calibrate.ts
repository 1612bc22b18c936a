import type * as z from 'zod/mini';
import type { calibratedSchema } from '../../lambdas/api/openapi/operator-schemas.ts';
import type { Command } from '../command.ts';
import { connect } from '../connect.ts';
import { type Column, prose, table } from '../table.ts';
import { printJson, type Terminal } from '../terminal.ts';

type Calibrated = z.output<typeof calibratedSchema>;

const COLUMNS: Column<Calibrated['made'][number]['bins'][number]>[] = [
  { title: 'from', cell: ({ above }) => above.toFixed(3), right: true },
  { title: 'right', cell: ({ share }) => `${Math.round(share * 100)} %`, right: true },
  { title: 'of', cell: ({ count }) => String(count), right: true },
];

/** What the API reports of one prompt version and model. */
const FEWEST = 20;

/** Why nothing was learnt, and what is missing. */
function missing({ automation, step, decided, tooFew }: Calibrated, terminal: Terminal): string {
  const silent =
    decided > 0 && tooFew.length === 0
      ? ` None of these decisions concerns an answer of '${step}' with a confidence: declare 'confidence' for the step in ${automation}.`
      : '';
  return `\n${prose(
    `Nothing was learnt. At least ${FEWEST} answers of one prompt version and model are needed, each with a confidence and a person's decision.${silent}`,
    terminal,
  )}`;
}

export const calibrate: Command = {
  name: 'calibrate',
  summary: "Learn from decisions what a step's confidence is worth",
  usage: `signalbox calibrate <automation> <step> [--days N]

  --days N  decisions of the last N days (90)

A proposal approved unchanged says that the step was right; one that was
edited, rejected or sent back says that it was wrong. With fewer than 20
similar answers, confidence is null. For a token with the role operator.`,
  example: ['calibrate', 'support-triage', 'route'],
  arguments: ['automation', 'step'],
  options: { days: 'text' },
  async run(input, terminal) {
    const automation = input.argument(0) ?? '';
    const path = `/v1/automations/${encodeURIComponent(automation)}/calibrate`;
    const days = input.number('days', 1, 400);
    const body = { step: input.argument(1) ?? '', ...(days === undefined ? {} : { days }) };
    const { data, json } = await (await connect(terminal)).post<Calibrated>(path, JSON.stringify(body), {});
    if (input.json) return printJson(terminal, json);
    terminal.out(`${data.decided} ${data.decided === 1 ? 'decision' : 'decisions'} looked at`);
    for (const { id, bins } of data.made) {
      terminal.out(`\n${id}`);
      terminal.out(table(COLUMNS, bins, terminal));
    }
    for (const { promptVersion, model, answers } of data.tooFew)
      terminal.out(
        `${promptVersion} at ${model}: ${answers} answers with a confidence, too few: ${FEWEST} are needed`,
      );
    if (data.made.length === 0) terminal.out(missing(data, terminal));
  },
};
