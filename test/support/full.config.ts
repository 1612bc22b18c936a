import { defineConfig } from '../../lib/config.ts';
import root from '../../signalbox.config.ts';

/**
 * The configuration of the root with everything on that a team may leave out: tests look at all that can be
 * deployed.
 */
export default defineConfig({
  ...root,
  slack: {},
  console: { oidc: { issuer: 'https://id.example.com/team', clientId: 'signalbox' } },
});
