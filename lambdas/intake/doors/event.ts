import type { Automation } from '../../contract/automation.ts';
import type { BusEvent, EventDoor } from '../../contract/intake/doors.ts';
import type { Arrival } from '../accept.ts';
import { arrivalOf } from './arrival.ts';

/** Events of a bus. EventBridge delivers some twice: its id tells. */
export function fromEvent(
  message: unknown,
  { doors, schema }: Automation,
): Promise<readonly Arrival[]> | undefined {
  const event = message as BusEvent;
  const found = Object.entries(doors?.events ?? {}).find(([, door]) => isFor(door, event));
  if (!found) return undefined;
  const [name, door] = found;
  const arrival = arrivalOf(`event:${name}`, door, schema, {
    ...{ key: event.id, came: event.detail, body: () => door.body(event) },
  });
  return Promise.resolve([arrival]);
}

function isFor({ source, detailType }: EventDoor, event: BusEvent): boolean {
  return event.source === source && event['detail-type'] === detailType;
}
