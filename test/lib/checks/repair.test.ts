import { expect, it } from 'vitest';
import { automation as triage } from '../../../automations/support-triage/automation.ts';
import { faultsInRepair } from '../../../lib/checks/repair.ts';

const { prompts } = triage;
const repairing = {
  ...triage,
  prompts: { ...prompts, repair: 'repair.v1' },
  repair: { model: true, renamed: { '/from': ['sender'] }, consequential: ['/from'] },
};
const faults = (fields: object) => faultsInRepair({ ...repairing, ...fields } as never);

it('a repair by code, by a model, or none is no fault', () => {
  expect(faults({})).toEqual([]);
  expect(faults({ repair: undefined, prompts })).toEqual([]);
  expect(faults({ repair: {}, prompts })).toEqual([]);
  expect(
    faults({ repair: { consequential: ['/headers/listId'], renamed: { '/from': ['x'] } }, prompts }),
  ).toEqual([]);
});

it.each([
  ["'from' is no field of the schema", { repair: { consequential: ['from'] }, prompts }],
  ["'/headers/x' is no field", { repair: { renamed: { '/headers/x': [] } }, prompts }],
  ["'model' needs the prompt", { repair: { model: true }, prompts }],
  ["'prompts.repair' is never asked for", { repair: {} }],
  ["'prompts.repair' is never asked for", { repair: undefined }],
  ["'model' cannot go with 'privacy'", { privacy: { tokens: 'all' } }],
  ["'model' cannot go with 'residency'", { residency: () => ['eu'] }],
])('a repair is refused at synth: %s', (fault, fields) => {
  expect(faults(fields)).toEqual([expect.stringContaining(fault)]);
});
