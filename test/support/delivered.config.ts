import { readdirSync } from 'node:fs';
import { defineConfig } from '../../lib/config.ts';
import local from '../../local/signalbox.config.ts';

/** Two environments side by side on the local engine, with one automation. */
const ONLY = 'support-triage';
const here = { account: '000000000000', region: 'us-east-1' };
const omit = readdirSync(new URL('../../automations', import.meta.url), { withFileTypes: true })
  .filter((it) => it.isDirectory() && it.name !== ONLY)
  .map(({ name }) => name);

export default defineConfig({
  ...local,
  omit,
  // What forwards to an automation that is left out has no place.
  destinations: Object.fromEntries(
    Object.entries(local.destinations).filter(
      ([, it]) => it.connector !== 'forward' || [it.automation].flat().every((name) => name === ONLY),
    ),
  ),
  environments: { staging: here, prod: here },
});
