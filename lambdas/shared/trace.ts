import { Tracer } from '@aws-lambda-powertools/tracer';

// Requests are traced where they are made, by name: patching the HTTP module would also trace the polls of the SDK.
const tracer = new Tracer({ serviceName: process.env.SERVICE ?? 'signalbox', captureHTTPsRequests: false });

/**
 * Runs a call to the outside as a subsegment of the invocation's trace, with facts to search by. Items run side by side in one
 * invocation, so a subsegment hangs on the invocation itself and never becomes the current segment of the others.
 */
export async function traced<T>(
  name: string,
  facts: Record<string, string>,
  run: () => Promise<T>,
): Promise<T> {
  const segment = tracer.isTracingEnabled() ? tracer.getSegment()?.addNewSubsegment(name) : undefined;
  if (!segment) return run();
  for (const [fact, value] of Object.entries(facts)) segment.addAnnotation(fact, value);
  try {
    return await run();
  } catch (error) {
    segment.addErrorFlag();
    throw error;
  } finally {
    segment.close();
  }
}
