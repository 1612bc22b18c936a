import { join } from 'node:path';
import { stackFiles } from '../diff/templates.ts';
import { findingWords, IGNORED, lint } from '../lint.ts';
import type { Options } from '../options.ts';
import { opened } from './opened.ts';

export async function lintAssembly(options: Options, environment: string): Promise<void> {
  const { directory, manifest } = await opened(options, environment);
  const files = (await stackFiles(directory)).map(({ file }) => join(directory, file));
  const found = (await lint(files, manifest.region)).filter(({ Rule }) => !(Rule.Id in IGNORED));
  if (found.length > 0) throw new Error(`cfn-lint:\n${found.map(findingWords).join('\n')}`);
  console.log(`${files.length} templates of '${environment}': cfn-lint finds nothing`);
}
