import { defineConfig } from './lib/config.ts';

/** What the three models have in common. */
const GPT = {
  longContext: { fromTokens: 272_001, inputFactor: 2, outputFactor: 1.5 },
  pricedAt: '2026-11-20',
  maxOutputTokens: 1200,
  contextTokens: 922_000,
  vision: true,
};

/** The one file a team edits before its first deploy. Secrets are not here: `README.md` says which to fill. */
export default defineConfig({
  sender: 'signalbox@example.com',
  operators: ['operations@example.com'],
  approverGroups: {
    'support-leads': [{ email: 'support-lead@example.com' }],
    'support-managers': [{ email: 'support-manager@example.com' }],
    'front-desk': [{ email: 'front-desk@example.com' }],
    'it-desk': [{ email: 'it-desk@example.com' }],
    'it-managers': [{ email: 'it-manager@example.com' }],
    'refund-approvers': [{ email: 'anna@example.com' }, { email: 'ben@example.com' }],
    'refund-managers': [{ email: 'manager@example.com' }],
    'refund-board': [
      { email: 'anna@example.com' },
      { email: 'ben@example.com' },
      { email: 'carla@example.com' },
    ],
    'payables-approvers': [{ email: 'anna@example.com' }, { email: 'dora@example.com' }],
    'payables-managers': [{ email: 'manager@example.com' }, { email: 'carla@example.com' }],
    'sales-approvers': [{ email: 'mia@example.com' }, { email: 'kim@example.com' }],
    'sales-managers': [{ email: 'sales-manager@example.com' }],
    'payables-board': [
      { email: 'anna@example.com' },
      { email: 'dora@example.com' },
      { email: 'carla@example.com' },
    ],
  },
  owners: {
    'Accounts Payable': ['carla@example.com'],
    'Customer Support': ['support-manager@example.com'],
    'Payments Operations': ['manager@example.com'],
    'Sales Operations': ['sales-manager@example.com'],
    'Workplace IT': ['it-manager@example.com'],
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
    'accounts-payable': {
      url: 'https://payables.example.com/signalbox',
      secret: 'signalbox/destinations/accounts-payable',
      idempotent: true,
    },
    crm: {
      connector: 'request',
      url: 'https://api.crm.example.com',
      auth: 'bearer',
      secret: 'signalbox/destinations/crm',
      requestsPerMinute: 600,
    },
    'customer-mail': { connector: 'email', from: 'service@example.com', replyTo: 'answers@example.com' },
    'duty-slack': { connector: 'slack', channel: 'C02DUTY', secret: 'signalbox/slack-posts' },
    'help-desk': {
      url: 'https://help-desk.example.com/signalbox',
      secret: 'signalbox/destinations/help-desk',
      idempotent: true,
    },
    'it-desk': {
      url: 'https://it-desk.example.com/signalbox',
      secret: 'signalbox/destinations/it-desk',
      idempotent: true,
      internal: true,
    },
    lines: { connector: 'forward', automation: ['refund-request', 'support-triage', 'sales-lead'] },
    // Requests of one ticket, each as an item of its own.
    'support-parts': { connector: 'forward', automation: 'support-triage' },
    'security-slack': { connector: 'slack', channel: 'C02SECURITY', secret: 'signalbox/slack-posts' },
    'refund-ledger': {
      url: 'https://ledger.example.com/signalbox',
      secret: 'signalbox/destinations/refund-ledger',
      idempotent: true,
    },
    payments: {
      url: 'https://payments.example.com/signalbox',
      secret: 'signalbox/destinations/payments',
      idempotent: true,
    },
    'sales-slack': { connector: 'slack', channel: 'C0SALES', secret: 'signalbox/slack-posts' },
  },
  sources: {
    companies: {
      url: 'https://companies.example.com/v1',
      auth: 'bearer',
      secret: 'signalbox/sources/companies',
      requestsPerMinute: 600,
    },
    crm: {
      url: 'https://api.crm.example.com',
      auth: 'bearer',
      secret: 'signalbox/destinations/crm',
      requestsPerMinute: 600,
    },
    'order-system': {
      url: 'https://shop.example.com/api',
      auth: 'bearer',
      secret: 'signalbox/sources/order-system',
    },
    'purchase-orders': {
      url: 'https://orders.example.com/api',
      auth: 'bearer',
      secret: 'signalbox/sources/purchase-orders',
    },
    vendors: {
      url: 'https://vendors.example.com/api',
      auth: 'bearer',
      secret: 'signalbox/sources/vendors',
    },
  },
  retention: { itemDays: 365, contentDays: 90, logDays: 30 },
});
