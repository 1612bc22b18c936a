/** Where one message of a batch stands to the others. */
export interface Place {
  /** Waits until the others of the batch are over, or wait themselves: from then on it goes alone. */
  alone(): Promise<void>;
  end(): void;
}

/** Messages of a batch go together. Those that are to go alone follow, one at a time. */
export class Apart {
  #together = 0;
  #alone: (() => void)[] = [];
  #busy = false;

  /** Called for all of a batch before any of them begins. */
  place(): Place {
    let is: 'together' | 'waiting' | 'alone' | 'over' = 'together';
    this.#together += 1;
    return {
      alone: () => {
        if (is !== 'together') return Promise.resolve();
        is = 'waiting';
        this.#together -= 1;
        return new Promise((resolve) => {
          this.#alone.push(() => {
            is = 'alone';
            resolve();
          });
          this.#next();
        });
      },
      end: () => {
        if (is === 'together') this.#together -= 1;
        if (is === 'alone') this.#busy = false;
        is = 'over';
        this.#next();
      },
    };
  }

  #next(): void {
    if (this.#together > 0 || this.#busy) return;
    const go = this.#alone.shift();
    if (!go) return;
    this.#busy = true;
    go();
  }
}
