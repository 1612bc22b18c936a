interface Waiting {
  queue: string;
  urgent: boolean;
  go(): void;
}

/**
 * Shares a machine among the queues: at most so many batches are in work at once. What people wait for (approvals, actions)
 * goes first, and one place is kept for it; among equals the queue goes that has the fewest in work, then the one that has
 * waited longest.
 */
export class Lanes {
  readonly #most: number;
  readonly #busy = new Map<string, number>();
  #waiting: Waiting[] = [];
  /** Who waits for room before they receive. */
  #outside: { urgent: boolean; go(): void }[] = [];
  #urgent = 0;
  #others = 0;

  constructor(most: number) {
    this.#most = Math.max(2, most);
  }

  /** @returns when it is this queue's turn, the way to end it */
  take(queue: string, urgent: boolean): Promise<() => void> {
    return new Promise((resolve) => {
      const go = () => {
        this.#count(queue, urgent, 1);
        let ended = false;
        resolve(() => {
          if (ended) return;
          ended = true;
          this.#count(queue, urgent, -1);
          this.#next();
        });
      };
      this.#waiting.push({ queue, urgent, go });
      this.#next();
    });
  }

  /** Resolves once a batch could go, without taking its place: what is received later is what should go then. */
  room(urgent: boolean): Promise<void> {
    if (this.#fits(urgent)) return Promise.resolve();
    return new Promise((go) => this.#outside.push({ urgent, go }));
  }

  #fits(urgent: boolean): boolean {
    return this.#urgent + this.#others < this.#most && (urgent || this.#others < this.#most - 1);
  }

  #next(): void {
    for (let turn = this.#turn(); turn; turn = this.#turn()) {
      this.#waiting = this.#waiting.filter((one) => one !== turn);
      turn.go();
    }
    const called = this.#outside.filter(({ urgent }) => this.#fits(urgent));
    this.#outside = this.#outside.filter((one) => !called.includes(one));
    for (const { go } of called) go();
  }

  #turn(): Waiting | undefined {
    if (this.#urgent + this.#others >= this.#most) return undefined;
    const urgent = this.#waiting.filter((one) => one.urgent);
    const kept = this.#others >= this.#most - 1;
    const candidates = urgent.length > 0 || kept ? urgent : this.#waiting;
    const busy = ({ queue }: Waiting) => this.#busy.get(queue) ?? 0;
    return candidates.reduce<Waiting | undefined>(
      (first, one) => (first && busy(first) <= busy(one) ? first : one),
      undefined,
    );
  }

  #count(queue: string, urgent: boolean, by: 1 | -1): void {
    this.#busy.set(queue, (this.#busy.get(queue) ?? 0) + by);
    if (urgent) this.#urgent += by;
    else this.#others += by;
  }
}
