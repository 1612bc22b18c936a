import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { EventDestination } from '../../contract/outside/destination.ts';
import { events } from '../../kit/aws.ts';
import { InputError, SystemError } from '../../kit/errors.ts';
import { neverSent } from '../../outbound/bounded-fetch.ts';
import { NoAnswer, NoRoom, NotReached } from '../answer.ts';
import type { Connector } from './connector.ts';
import { inTime } from './in-time.ts';
import { ruled } from './ruled.ts';

/** EventBridge takes 256 KB with everything around the detail. */
const MOST_BYTES = 240 * 1024;

/** Its own faults: it may have the event. */
const FAULTS = new Set(['InternalFailure', 'InternalException', 'ServiceUnavailable']);

/** Puts an event on a bus. At least once: readers know one that comes twice by its `idempotencyKey`. */
export const event: Connector<EventDestination> = {
  repeatable: () => true,
  async call(destination, call) {
    const { bus, source } = destination;
    const { detailType, detail } = ruled('event', destination, call);
    const { item, idempotencyKey, parameters, until } = call;
    const Detail = JSON.stringify({ ...detail(parameters), item, idempotencyKey });
    if (Buffer.byteLength(Detail) > MOST_BYTES)
      throw new InputError(`an event for bus '${bus}' is larger than ${MOST_BYTES} bytes`);
    inTime(destination, until);
    const Entries = [{ EventBusName: bus, Source: source, DetailType: detailType, Detail }];
    const answer = await events()
      .send(new PutEventsCommand({ Entries }))
      .catch((error: unknown) => {
        throw faultOf(bus, error);
      });
    const [entry] = answer.Entries ?? [];
    if (answer.FailedEntryCount) throw refusalOf(bus, entry?.ErrorCode ?? 'unknown');
    return { status: 200, ...(entry?.EventId ? { reference: entry.EventId } : {}) };
  },
};

function faultOf(bus: string, error: unknown): Error {
  const { name = 'Error', $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  if (neverSent(error)) return new NotReached(`event bus '${bus}': no connection`, { cause: error });
  if (status !== undefined && status < 500) return refusalOf(bus, name);
  return new NoAnswer(`event bus '${bus}': no answer`, { cause: error });
}

function refusalOf(bus: string, code: string): Error {
  if (/Throttl|LimitExceeded/.test(code)) return new NoRoom(`event bus '${bus}' takes no more now`);
  if (FAULTS.has(code)) return new NoAnswer(`event bus '${bus}': no answer`);
  const word = /^\w{1,60}$/.test(code) ? code : 'unknown';
  return new SystemError(`event bus '${bus}' refused the event (${word})`);
}
