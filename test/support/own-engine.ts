/*
 * Live tests that start an engine of their own: they stop it, kill it, or deploy something else to it. They need none of the
 * deployments that the other live tests share, and run beside those (`vitest.config.ts`).
 */
export const OWN_ENGINE = [
  'test/live/delivery.test.ts',
  'test/live/deployed-in-load.test.ts',
  'test/live/killed.test.ts',
  'test/live/release.test.ts',
  'test/live/restart.test.ts',
  'test/live/switch.test.ts',
  'test/local/event-sources.test.ts',
];
