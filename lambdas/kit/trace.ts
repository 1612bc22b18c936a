import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:dgram';
import { isIPv4 } from 'node:net';
import { clock } from './clock.ts';

/*
 * Subsegments of the invocation's trace, handed to the X-Ray daemon of the Lambda service. Its SDK is not used: to know the current
 * segment it hooks into every promise of the function, and no segment of ours is ever current (ADR 0023).
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html
 */

const HEADER = '{"format":"json","version":1}\n';

type Header = Record<'Root' | 'Parent' | 'Sampled', string>;

interface Invocation {
  root: string;
  parent: string;
  host: string;
  port: number;
}

/** Undefined without tracing: outside of a Lambda, or in an invocation that was not sampled. */
function invocation(): Invocation | undefined {
  const fields = (process.env._X_AMZN_TRACE_ID ?? '').split(';').map((field) => field.split('='));
  const { Root: root, Parent: parent, Sampled: sampled } = Object.fromEntries(fields) as Partial<Header>;
  const [host = '', port] = (process.env.AWS_XRAY_DAEMON_ADDRESS ?? '').split(':');
  if (sampled !== '1' || !root || !parent || !isIPv4(host)) return undefined;
  return { root, parent, host, port: Number(port) };
}

/** Runs a call as a subsegment of the invocation itself, because items run side by side in it. */
export async function traced<T>(
  name: string,
  facts: Record<string, string>,
  run: () => Promise<T>,
): Promise<T> {
  const of = invocation();
  if (!of) return run();
  const startedAt = clock.now();
  const end = (outcome: { error?: true }) => send(of, name, { startedAt, annotations: facts, ...outcome });
  try {
    const result = await run();
    end({});
    return result;
  } catch (error) {
    end({ error: true });
    throw error;
  }
}

function send(
  { root, parent, host, port }: Invocation,
  name: string,
  { startedAt, ...rest }: { startedAt: number; annotations: Record<string, string>; error?: true },
): void {
  const subsegment = {
    ...{ type: 'subsegment', id: randomBytes(8).toString('hex'), trace_id: root, parent_id: parent, name },
    ...{ start_time: startedAt / 1000, end_time: clock.now() / 1000 },
    ...rest,
  };
  // A trace that is lost costs nobody anything.
  daemon().send(HEADER + JSON.stringify(subsegment), port, host, () => {});
}

let socket: Socket | undefined;

function daemon(): Socket {
  // Most instances trace nothing: whoever imports the module has Node compile seven of its own.
  socket ??= process
    .getBuiltinModule('node:dgram')
    .createSocket('udp4')
    .on('error', () => {})
    .unref();
  return socket;
}
