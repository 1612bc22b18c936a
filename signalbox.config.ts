import { defineConfig } from './lib/config.ts';

/** The one file a team edits before its first deploy. Secrets are not here: `README.md` says which to fill. */
export default defineConfig({
  sender: 'signalbox@example.com',
  operators: ['operations@example.com'],
  approverGroups: {
    'support-leads': [{ email: 'support-lead@example.com' }],
    'support-managers': [{ email: 'support-manager@example.com' }],
    'refund-approvers': [{ email: 'anna@example.com' }, { email: 'ben@example.com' }],
    'refund-managers': [{ email: 'manager@example.com' }],
    'refund-board': [
      { email: 'anna@example.com' },
      { email: 'ben@example.com' },
      { email: 'carla@example.com' },
    ],
  },
  auditors: ['audit@example.com'],
  calendars: {
    office: {
      timeZone: 'Europe/Berlin',
      days: ['mon', 'tue', 'wed', 'thu', 'fri'],
      from: '09:00',
      to: '17:00',
      holidays: ['2026-12-25', '2027-01-01'],
    },
  },
  endpoint: {
    name: 'openai',
    baseUrl: 'https://api.openai.com/v1',
    model: {
      name: 'gpt-6-luna',
      inputUsdPerMillion: 0.1,
      outputUsdPerMillion: 0.5,
      pricedAt: '2026-11-20',
      maxOutputTokens: 1200,
    },
    secret: 'signalbox/endpoints/openai',
    timeoutSeconds: 45,
  },
  destinations: {
    'help-desk': {
      url: 'https://help-desk.example.com/signalbox',
      secret: 'signalbox/destinations/help-desk',
      idempotent: true,
    },
    'refund-ledger': {
      url: 'https://ledger.example.com/signalbox',
      secret: 'signalbox/destinations/refund-ledger',
      idempotent: true,
    },
  },
  retention: { itemDays: 365, contentDays: 90, logDays: 30 },
});
