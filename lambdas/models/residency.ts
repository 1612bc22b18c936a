import type { Automation } from '../contract/automation.ts';
import type { Endpoint } from '../contract/endpoint.ts';
import { isInside } from '../privacy/way-out.ts';

/**
 * Where an item's data may go. Undefined is anywhere, only without a rule; no answer of a rule is nowhere.
 */
export function placesFor(
  { residency }: Pick<Automation, 'residency'>,
  body: unknown,
): readonly string[] | undefined {
  return residency && (residency(body) ?? []);
}

interface Asks {
  automation: Pick<Automation, 'residency' | 'privacy'>;
  endpoints: readonly Endpoint[];
}

/** The same, for what holds personal data as it came: asked inside `privacy.residency` alone, and said so in the lineage. */
export function keptInside<Options extends Asks>(options: Options): Options {
  const { automation, endpoints } = options;
  const { privacy } = automation;
  if (!privacy) return options;
  const inside = privacy.residency ?? [];
  const residency = (body: unknown) =>
    placesFor(automation, body)?.filter((place) => inside.includes(place)) ?? inside;
  return {
    ...options,
    endpoints: endpoints.filter((endpoint) => isInside(automation, endpoint)),
    automation: { ...automation, residency },
  };
}
