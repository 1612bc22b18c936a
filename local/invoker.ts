import { setTimeout as sleep } from 'node:timers/promises';
import { type Invocation, invokeFunction } from './emulator.ts';

/** Invokes one function, and can be held while its code is changed. */
export interface Invoker {
  invoke(event: unknown): Promise<Invocation>;
  /**
   * Invokes no more until it is released, and waits for the invocations that run, at most so long.
   * @returns the release
   */
  hold(mostMs: number): Promise<() => void>;
}

export function invokerOf(endpoint: string, functionName: string): Invoker {
  const running = new Set<Promise<unknown>>();
  let held: Promise<void> | undefined;
  return {
    async invoke(event) {
      await held;
      const invocation = invokeFunction(endpoint, functionName, event);
      running.add(invocation);
      return invocation.finally(() => running.delete(invocation));
    },
    async hold(mostMs) {
      let release = () => {};
      held = new Promise((resolve) => {
        release = resolve;
      });
      await Promise.race([Promise.all(running), sleep(mostMs, undefined, { ref: false })]);
      return release;
    },
  };
}
