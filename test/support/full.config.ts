import { defineConfig } from '../../lib/config.ts';
import root from '../../signalbox.config.ts';

/**
 * The configuration of the root with everything on that a team may leave out: tests look at all that can be
 * deployed.
 */
export default defineConfig({
  ...root,
  slack: {},
  mail: { inbound: { ruleSet: 'inbound', domains: { prod: 'in.example.com', dev: 'in.dev.example.com' } } },
  destinations: {
    ...root.destinations,
    'customer-mail': { connector: 'email', from: 'desk@example.com' },
    'team-channel': { connector: 'slack', channel: 'C02ABCDEF', secret: 'signalbox/slack-posts' },
    'own-events': { connector: 'event', source: 'shop.orders' },
    // Where the example is left out, nothing can be forwarded to it.
    ...(root.omit?.includes('support-triage')
      ? {}
      : { 'to-support': { connector: 'forward', automation: 'support-triage' } as const }),
  },
  console: { oidc: { issuer: 'https://id.example.com/team', clientId: 'signalbox' } },
});
