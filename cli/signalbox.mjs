#!/usr/bin/env node
// The bin of `npx signalbox`: the bootstrap brings the project's own Node.js, and installs what is missing.
process.argv.splice(2, 0, 'cli/main.ts');
await import('../local/bootstrap.mjs');
