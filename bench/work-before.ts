export type PathName = 'acted alone' | 'in a stream' | 'approved' | 'refused';

/** Of one item; CPU in milliseconds. */
export interface Spent {
  calls: number;
  invocations: number;
  writeUnits: number;
  functions: number;
  /** The share of the AWS client in `functions`. */
  sdk: number;
  emulator: number;
  bench: number;
}

/** What `bench:work` found before issue 11; its CPU on a busy machine. */
export const BEFORE: Record<PathName, Spent> & { at: string } = {
  at: 'c3b8f5a, 2026-11-27',
  'acted alone': {
    ...{ calls: 41, invocations: 10, writeUnits: 45 },
    ...{ functions: 106.1, sdk: 43.7, emulator: 81.4, bench: 15.4 },
  },
  'in a stream': {
    ...{ calls: 40.7, invocations: 3, writeUnits: 47.9 },
    ...{ functions: 159.7, sdk: 30, emulator: 59.1, bench: 2.6 },
  },
  approved: {
    ...{ calls: 77, invocations: 19.5, writeUnits: 74 },
    ...{ functions: 178.9, sdk: 62.9, emulator: 172.5, bench: 16.4 },
  },
  refused: {
    ...{ calls: 24, invocations: 7, writeUnits: 25 },
    ...{ functions: 48.7, sdk: 7.5, emulator: 40.7, bench: 5.9 },
  },
};
