import { expect, it, vi } from 'vitest';
import { state } from './state.ts';

/** What a file finds of another that ran before it in the same process: nothing. Then it leaves what it can. */
export function findsNothing(mocked: boolean): void {
  it('has modules of its own, and the process as it began', () => {
    expect(state).toEqual({ changed: false, mocked });
    expect([process.env.LEFT, 'left' in globalThis, vi.isFakeTimers()]).toEqual([undefined, false, false]);
    expect(process.cwd()).not.toBe('/left');
  });

  it('leaves whatever it has changed', () => {
    state.changed = true;
    process.env.LEFT = 'yes';
    vi.stubGlobal('left', true);
    vi.useFakeTimers();
    vi.spyOn(process, 'cwd').mockReturnValue('/left');
  });
}
