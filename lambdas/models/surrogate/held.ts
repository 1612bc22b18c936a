import { SystemError } from '../../kit/errors.ts';
import { getContent } from '../../kit/objects.ts';
import { surrogateFileKey } from '../../tables/keys.ts';
import type { OfStep } from '../../tables/surrogates/surrogates.ts';
import { opened, type Surrogate, type SurrogateFile, versionOf } from './file.ts';

/** An automation has one step with a surrogate, and in a change of version two of it at once. */
const MOST = 2;

const held = new Map<string, Promise<Surrogate>>();

/** The surrogate of a version: read once by an instance of a function. @throws SystemError where the file is not what the version says */
export function surrogateFrom(bucket: string, of: OfStep, version: string): Promise<Surrogate> {
  const key = surrogateFileKey(of.automation, of.step, version);
  const before = held.get(key);
  if (before) return before;
  const read = getContent<SurrogateFile>(bucket, key).then((file) => {
    if (versionOf(file) !== version)
      throw new SystemError('the file of a surrogate is not that of its version');
    return opened(file);
  });
  held.set(key, read);
  read.catch(() => held.delete(key));
  for (const old of [...held.keys()].slice(0, Math.max(0, held.size - MOST))) held.delete(old);
  return read;
}
