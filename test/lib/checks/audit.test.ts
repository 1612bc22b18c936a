import { expect, it } from 'vitest';
import type { AuditPolicy } from '../../../lambdas/contract/audits/sample.ts';
import { faultsInAudit, warningsAboutAudit } from '../../../lib/checks/audits/policy.ts';
import { automation } from '../../support/fixtures.ts';

const config = {
  approverGroups: {
    leads: [{ email: 'a@example.com' }, { email: 'b@example.com' }],
    one: [{ email: 'a@example.com' }],
  },
};
const AUDIT: AuditPolicy = { share: 0.05, group: 'leads', target: 0.99, twice: 0.1 };
const faults = (audit: Partial<AuditPolicy>, more: object = {}) =>
  faultsInAudit(
    { ...automation, ...more, audit: { ...AUDIT, ...audit } } as typeof automation,
    config as never,
  );

it('an automation may be audited, by the parameters of its actions', () => {
  expect(
    faults({ actions: ['pay'], counterparty: 'amount', large: { parameter: 'amount', from: 100 } }),
  ).toEqual([]);
});

it.each([
  ['a share of nothing', { share: 0 }, "'audit.share'"],
  ['more than all', { share: 1.5 }, "'audit.share'"],
  ['no number', { share: Number.NaN }, "'audit.share'"],
  ['a target that nobody can miss', { target: 0.2 }, "'audit.target'"],
  ['a target that nobody can meet', { target: 1 }, "'audit.target'"],
  ['a group that is none', { group: 'nobody' }, "'audit.group'"],
  ['a field that no action has', { fields: ['colour'] }, "'audit.fields' has 'colour'"],
  ['more fields than anybody fills in', { fields: ['amount', 'amount', 'amount', 'amount'] }, '3 at most'],
  ['an action that is none', { actions: ['pay', 'steal'] }, "'audit.actions' has 'steal'"],
  ['no action at all', { actions: [] }, "'audit.actions' must name at least one"],
  ['two people of one', { group: 'one' }, "'audit.twice'"],
  ['a parameter that is none', { counterparty: 'vendor' }, "'audit.counterparty'"],
  ['an amount that is none', { large: { parameter: 'sum', from: 1 } }, "'audit.large.parameter'"],
])('%s is refused before anything is built', (_name, audit, words) => {
  expect(faults(audit).join()).toContain(words);
});

it('what people may not read is not audited', () => {
  expect(faults({}, { privacy: {} }).join()).toContain("'privacy'");
});

it.each(['operators', 'auditors'])(
  'whoever audits and is among the %s is named: they find what was done',
  (role) => {
    const seeing = { ...config, operators: [], auditors: [], [role]: ['b@example.com'] };
    const [warning, ...others] = warningsAboutAudit({ audit: AUDIT }, seeing as never);
    expect(warning).toContain("'b@example.com' audits blind as a member of 'leads'");
    expect(others).toEqual([]);
    expect(warningsAboutAudit({ audit: undefined as never }, seeing as never)).toEqual([]);
  },
);
