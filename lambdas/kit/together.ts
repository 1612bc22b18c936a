interface Waiting<In, Out> {
  one: In;
  resolve: (out: Out) => void;
  reject: (error: unknown) => void;
}

/**
 * Does together what is asked for at about the same time: while one group is under way, the others wait, and go in the next one,
 * at most `most` of them.
 * @param run answers each one in the order of the group; an answer that is an Error rejects that one, what it throws rejects all
 */
export function together<In, Out>(
  most: number,
  run: (group: readonly In[]) => Promise<readonly (Out | Error)[]>,
): (one: In) => Promise<Out> {
  const waiting: Waiting<In, Out>[] = [];
  let busy = false;

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting.splice(0, most);
      try {
        const outs = await run(group.map(({ one }) => one));
        group.forEach(({ resolve, reject }, index) => {
          const out = outs[index];
          if (out instanceof Error) reject(out);
          else resolve(out as Out);
        });
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    busy = false;
  }

  return (one) =>
    new Promise<Out>((resolve, reject) => {
      waiting.push({ one, resolve, reject });
      if (busy) return;
      busy = true;
      // Those that are ready in the same turn of the event loop go in the first group.
      setImmediate(work);
    });
}

/** Steps of an item: those that are started together run together, until the thinking is over. */
export function sideBySide(): {
  start<T>(run: () => Promise<T>): Promise<T>;
  /** Starts no further one, and waits for those that run. */
  close(): Promise<void>;
} {
  const running = new Set<Promise<unknown>>();
  let closed = false;
  return {
    start<T>(run: () => Promise<T>): Promise<T> {
      const mine = closed ? Promise.reject(new Error('the thinking of this item is over')) : run();
      running.add(mine);
      // Whoever started it may listen later, or never: a failure that nobody hears must not end the worker.
      void mine.catch(() => {}).finally(() => running.delete(mine));
      return mine;
    },
    async close(): Promise<void> {
      closed = true;
      await Promise.allSettled(running);
    },
  };
}
