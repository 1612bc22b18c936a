import { defineConfig } from '../../lib/config.ts';

/** What the three models have in common. */
const GPT = {
  longContext: { fromTokens: 272_001, inputFactor: 2, outputFactor: 1.5 },
  pricedAt: '2026-11-20',
  maxOutputTokens: 1200,
  contextTokens: 922_000,
};

/**
 * A configuration that no team edits: what tests of the checks change, and what the shipped examples fit.
 * Tests of what is deployed take the repository's own, with everything on: `full.config.ts`.
 */
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
  endpoints: {
    openai: {
      baseUrl: 'https://api.openai.com/v1',
      secret: 'signalbox/endpoints/openai',
      timeoutSeconds: 45,
      residency: 'us',
      requestsPerMinute: 500,
      tokensPerMinute: 500_000,
      models: [
        {
          name: 'gpt-6-luna',
          tier: 'small',
          inputUsdPerMillion: 0.1,
          cachedUsdPerMillion: 0.01,
          outputUsdPerMillion: 0.5,
          ...GPT,
        },
        {
          name: 'gpt-6.1-terra',
          tier: 'medium',
          inputUsdPerMillion: 1,
          cachedUsdPerMillion: 0.05,
          outputUsdPerMillion: 5,
          ...GPT,
        },
        {
          name: 'gpt-6.1-sol',
          tier: 'large',
          inputUsdPerMillion: 2,
          cachedUsdPerMillion: 0.1,
          outputUsdPerMillion: 10,
          ...GPT,
        },
      ],
    },
  },
  destinations: {
    'customer-mail': { connector: 'email', from: 'service@example.com' },
    'help-desk': {
      url: 'https://help-desk.example.com/signalbox',
      secret: 'signalbox/destinations/help-desk',
      idempotent: true,
    },
    'support-parts': { connector: 'forward', automation: 'support-triage' },
    'refund-ledger': {
      url: 'https://ledger.example.com/signalbox',
      secret: 'signalbox/destinations/refund-ledger',
      idempotent: true,
    },
  },
  sources: { 'order-system': { url: 'https://orders.example.com/api' } },
  retention: { itemDays: 365, contentDays: 90, logDays: 30 },
});
