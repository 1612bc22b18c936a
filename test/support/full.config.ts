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
  console: { oidc: { issuer: 'https://id.example.com/team', clientId: 'signalbox' } },
});
