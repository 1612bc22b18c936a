import type { Destination } from '../../contract/outside/destination.ts';
import { SystemError } from '../../kit/errors.ts';
import type { Call } from './connector.ts';

type Kind = 'email' | 'slack' | 'forward' | 'event';

/** What the action declares for its destination's kind. @throws SystemError where that was taken away since synth looked */
export function ruled<K extends Kind>(
  kind: K,
  { name }: Destination,
  { action, declared }: Pick<Call, 'action' | 'declared'>,
) {
  const rules = declared?.[kind];
  if (!rules) throw new SystemError(`action '${action}' has no '${kind}', which destination '${name}' needs`);
  return rules;
}
