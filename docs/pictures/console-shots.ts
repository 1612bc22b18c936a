import type { Page } from 'playwright-core';
import { auditPath } from './console-audits.ts';

/* The pages of the console that pictures are made of. */

export interface Shot {
  name: string;
  path: string;
  as: string;
  /** What somebody does on the page before the picture. */
  form?: (page: Page) => Promise<void>;
  /** Looks of which the documentation keeps a picture, with its size. */
  kept?: Record<string, { width: number; height: number }>;
}

export const ANN = 'ann@example.com';
export const OLGA = 'olga@example.com';

export const PAGES: Shot[] = [
  {
    name: 'queue',
    path: '/console',
    as: ANN,
    kept: { wide: { width: 1000, height: 560 }, phone: { width: 390, height: 844 } },
  },
  { name: 'queue-sorted', path: '/console?sort=amount', as: ANN },
  { name: 'queue-search', path: '/console?search=refund', as: ANN },
  { name: 'queue-nothing', path: '/console?search=nothing', as: ANN },
  { name: 'queue-operator', path: '/console', as: OLGA },
  {
    name: 'many',
    path: '/console/many?what=approve&id=tickets_11117a1c2e4-g1&id=tickets_11117a1c2e5-g1&id=refunds_111c0ffee1-g1',
    as: ANN,
    kept: { wide: { width: 1000, height: 680 } },
  },
  {
    name: 'many-done',
    path: '/console/many?what=reject&id=tickets_11117a1c2e6-g1&id=tickets_11117a1c2e7-g1',
    as: ANN,
    form: async (page) => {
      const reject = page.getByRole('button', { name: 'Reject what is marked' });
      if (await reject.isVisible()) await reject.click();
      await page.waitForLoadState();
    },
  },
  {
    name: 'approval',
    path: '/console/approvals/refunds_111c0ffee1-g1',
    as: ANN,
    kept: { wide: { width: 1040, height: 500 } },
  },
  { name: 'read-only', path: '/console/approvals/refunds_111c0ffee1-g1', as: OLGA },
  { name: 'closed', path: '/console/approvals/refunds_1110dec1de1-g1', as: ANN },
  { name: 'found', path: '/console/approvals/refunds_111f00d0001-g1', as: ANN },
  { name: 'family', path: '/console/approvals/refunds_111f00d0002-g1', as: ANN },
  { name: 'takes-back', path: '/console/approvals/refunds_111c0ffee5-g1', as: ANN },
  { name: 'takes-back-read-only', path: '/console/approvals/refunds_111c0ffee5-g1', as: OLGA },
  { name: 'taken-back', path: '/console/approvals/refunds_111f00d0003-g1', as: ANN },
  { name: 'decided', path: '/console/decided', as: ANN },
  {
    name: 'statistics',
    path: '/console/statistics',
    as: ANN,
    kept: { wide: { width: 1000, height: 800 }, dark: { width: 1000, height: 560 } },
  },
  { name: 'automations', path: '/console/automations', as: ANN },
  {
    name: 'room',
    path: '/console/automations/demo',
    as: OLGA,
    kept: { wide: { width: 1000, height: 900 } },
  },
  {
    name: 'drift',
    path: '/console/automations/demo/drift',
    as: OLGA,
    kept: { wide: { width: 1000, height: 900 } },
  },
  { name: 'audits', path: '/console/audits', as: ANN, kept: { wide: { width: 1000, height: 340 } } },
  {
    name: 'audit-blind',
    path: auditPath(0),
    as: ANN,
    kept: { wide: { width: 1000, height: 1000 }, phone: { width: 390, height: 844 } },
  },
  {
    name: 'audit-answered',
    path: auditPath(1),
    as: ANN,
    form: async (page) => {
      const record = page.getByRole('button', { name: 'Record my answer' });
      if (!(await record.isVisible())) return;
      await page.locator('select[name=label]').selectOption('other');
      await page.locator('select[name=verdict]').selectOption('refuse');
      await record.click();
      await page.waitForLoadState();
    },
    kept: { wide: { width: 1000, height: 620 } },
  },
  {
    name: 'what-if',
    path: '/console/automations/demo/what-if?amount=150&since=30d',
    as: OLGA,
    kept: { wide: { width: 1080, height: 900 } },
  },
  { name: 'report', path: '/console/report', as: ANN },
  { name: 'caution', path: '/console/caution', as: OLGA },
  { name: 'audit', path: '/console/audit', as: OLGA, kept: { wide: { width: 1000, height: 540 } } },
  { name: 'audit-files', path: '/console/audit?from=2026-12&to=2026-12', as: OLGA },
  { name: 'me', path: '/console/me', as: ANN },
  { name: 'missing', path: '/console/nothing', as: ANN },
];
