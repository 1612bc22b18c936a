import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { OWN_ENGINE } from './test/support/own-engine.ts';

/** Hands Markdown over as its text, as the bundler does. */
const markdown = {
  name: 'markdown-as-text',
  load: (id: string) =>
    id.endsWith('.md') ? `export default ${JSON.stringify(readFileSync(id, 'utf8'))}` : null,
};

/** Of the application, for live tests: tests that wait for seconds must not wait for two cores. */
const DEPLOYMENTS = Math.max(1, Math.floor(availableParallelism() / 2));

const root = fileURLToPath(new URL('.', import.meta.url));

export default defineConfig({
  plugins: [markdown],
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/live/**', ...OWN_ENGINE],
          // Two also on two cores, where Vitest would take one.
          maxWorkers: Math.max(2, availableParallelism() - 1),
          // A process of its own for each file would load the same packages hundreds of times. `every-test.ts` keeps files apart.
          isolate: false,
          setupFiles: `${root}test/support/every-test.ts`,
          env: {
            POWERTOOLS_DEV: 'false',
            POWERTOOLS_LOG_LEVEL: 'SILENT',
            // A test that looks at metrics turns them on for itself.
            POWERTOOLS_METRICS_DISABLED: 'true',
            AWS_REGION: 'us-east-1',
          },
          // Only what hangs ends: two cores are shared with the live tests, and a synthesis there takes a minute.
          testTimeout: 400_000,
          hookTimeout: 600_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'live',
          include: ['test/live/**/*.test.ts'],
          exclude: OWN_ENGINE,
          globalSetup: `${root}test/support/live-setup.ts`,
          // Each worker has a deployment to itself. They mostly wait, so there may be more than cores.
          maxWorkers: DEPLOYMENTS,
          sequence: { groupOrder: 1 },
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'engine',
          include: OWN_ENGINE,
          // In a row they take about as long as the others do in two.
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
