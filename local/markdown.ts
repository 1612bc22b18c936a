import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

/*
 * Imported before an automation's thinking: prompts and articles are Markdown, which the bundler reads as
 * text. What imports them is imported afterwards, with `await import`.
 */
registerHooks({
  load: (url, context, next) =>
    url.endsWith('.md')
      ? {
          format: 'module',
          shortCircuit: true,
          source: `export default ${JSON.stringify(readFileSync(fileURLToPath(url), 'utf8'))};`,
        }
      : next(url, context),
});
