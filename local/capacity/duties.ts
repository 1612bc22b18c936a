import { RUNTIME } from './quotas.ts';

/*
 * What people do so that a deployment stays as it is. `test/local/capacity/page.test.ts` reads each command as the program
 * would, and looks up each page.
 */

export interface Duty {
  when: string;
  /** A role of `docs/roles/`. */
  who: 'operator' | 'owner' | 'auditor' | 'cloud engineer' | 'developer';
  what: string;
  /** The first thing to type. */
  command?: string;
  /** Page and heading that tell how, relative to `docs/`. */
  page: string;
}

const signalbox = (words: string) => `npm run signalbox -- ${words}`;

export const DUTIES: readonly Duty[] = [
  {
    ...{ when: 'each day', who: 'operator', what: 'look what stands still' },
    ...{ command: signalbox('health --stage prod'), page: 'runbook.md' },
  },
  {
    ...{ when: 'each night, by the pipeline', who: 'cloud engineer', what: 'compare what is deployed' },
    ...{ command: 'npm run deliver -- drift prod', page: 'delivery.md#drift' },
  },
  {
    ...{ when: 'each week', who: 'owner', what: 'read the report: does it pay, is it right, what shifted' },
    ...{ command: signalbox('report'), page: 'control-room.md' },
  },
  {
    ...{ when: 'each week', who: 'auditor', what: 'answer the audits of what nobody looked at' },
    ...{ command: signalbox('audits refund-request'), page: 'audits.md' },
  },
  {
    ...{ when: 'each month', who: 'auditor', what: 'check a day against its receipts and their root' },
    ...{ command: signalbox('verify 2026-11-27'), page: 'receipts.md' },
  },
  {
    ...{
      when: 'each month',
      who: 'developer',
      what: 'ask for vulnerabilities, and bring packages up to date',
    },
    ...{ command: 'npm run dependencies -- audit', page: 'dependencies.md' },
  },
  {
    ...{ when: 'each month', who: 'cloud engineer', what: 'compare prices of models with the provider’s' },
    ...{ command: signalbox('endpoints'), page: 'runbook.md#prices-have-changed' },
  },
  {
    ...{ when: 'each month', who: 'cloud engineer', what: 'take a new version' },
    page: 'upgrading.md',
  },
  {
    ...{ when: 'each quarter', who: 'owner', what: 'review each automation' },
    ...{ command: signalbox('review refund-request'), page: 'control-room.md' },
  },
  {
    ...{ when: 'each quarter', who: 'developer', what: 'review prompts' },
    ...{ command: signalbox('prompts lint'), page: 'paying-less.md' },
  },
  {
    ...{
      when: 'each quarter',
      who: 'cloud engineer',
      what: 'restore a table beside the old one, and copy rows',
    },
    page: 'runbook.md#restore-what-was-lost',
  },
  {
    ...{ when: 'each quarter', who: 'developer', what: 'let faults and attacks run' },
    ...{ command: 'npm run chaos -- --runs 20 --seed 1', page: 'chaos.md' },
  },
  {
    ...{ when: 'each quarter', who: 'cloud engineer', what: 'reckon capacity anew, and compare quotas' },
    ...{ command: 'npm run capacity', page: 'capacity.md' },
  },
  {
    ...{ when: 'each half year', who: 'cloud engineer', what: 'change keys of endpoints and sources' },
    page: 'runbook.md#a-wrong-key',
  },
  {
    ...{ when: 'each half year', who: 'cloud engineer', what: 'give clients new tokens' },
    ...{
      command: signalbox('token shop --automations refund-request --stage prod'),
      page: 'api.md#who-calls',
    },
  },
  {
    ...{ when: 'each December', who: 'cloud engineer', what: 'write next year’s holidays into `calendars`' },
    page: 'configuration.md',
  },
  {
    ...{
      when: 'each year',
      who: 'cloud engineer',
      what: 'renew domains; certificates of ACM renew themselves',
    },
    page: 'hardening.md#a-name',
  },
  {
    ...{ when: 'when somebody leaves', who: 'cloud engineer', what: 'take them out of groups and roles' },
    page: 'runbook.md#an-approver-who-left',
  },
  {
    ...{ when: `before ${RUNTIME.endsOn}`, who: 'developer', what: `move functions off \`${RUNTIME.name}\`` },
    page: 'maintenance.md#the-runtime',
  },
];
