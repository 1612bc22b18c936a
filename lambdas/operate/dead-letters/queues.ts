import { deadLettersName } from '../../contract/names.ts';
import type { RegistryEntry } from '../../contract/registry.ts';
import { Problem } from '../../kit/http.ts';
import { urlOf } from '../../kit/queue/messages.ts';
import { cutText } from '../../kit/text.ts';

/** Whose dead letters there are: each stack has one queue for all of its queues. */
export function partsOf(registry: readonly Pick<RegistryEntry, 'name'>[]): string[] {
  return [...registry.map(({ name }) => name), 'platform'];
}

/** @throws Problem 404 where there is no such part, or its stack is not deployed */
export async function deadLettersAt(
  part: string | undefined,
  registry: readonly RegistryEntry[],
  stage: string,
): Promise<string> {
  const parts = partsOf(registry);
  const url =
    part !== undefined && parts.includes(part) ? await urlOf(deadLettersName(stage, part)) : undefined;
  if (url === undefined)
    throw new Problem(
      404,
      `there are no dead letters of '${cutText(part ?? '', 80)}'; there are those of: ${parts.join(', ')}`,
    );
  return url;
}
