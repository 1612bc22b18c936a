import { expect, it } from 'vitest';
import { Ticker } from '../../local/ticker.ts';

function ticker(screen: { isTTY?: boolean; columns?: number } = {}) {
  let now = 0;
  let shown = '';
  const it = new Ticker({ ...screen, write: (text: string) => (shown += text) }, () => now);
  return {
    log: it.log,
    stop: () => it.stop(),
    pass: (seconds: number) => {
      // As its timer does.
      for (let half = 0; half < 2 * seconds; half += 1) {
        now += 500;
        it.tick();
      }
    },
    shown: () => shown,
  };
}

it('breaks every silence of three seconds with what goes on and for how long', () => {
  const { log, pass, shown } = ticker();
  log('synthesising the application ...');
  pass(2);
  expect(shown()).toBe('synthesising the application ...\n');
  pass(7);
  expect(shown().split('\n').slice(1, -1)).toEqual(
    ['3 s', '5 s', '8 s'].map((time) => `  ${time.padStart(5)}  synthesising the application`),
  );
});

it('says how far a step is, until the next one begins', () => {
  const { log, pass, shown } = ticker();
  log('deploying 6 stacks ...');
  log.detail?.('deploying platform: 12/40 resources');
  pass(3);
  expect(shown()).toContain('    3 s  deploying platform: 12/40 resources\n');
  log('sending samples ...');
  pass(3);
  expect(shown()).toMatch(/ {4}3 s {2}sending samples\n$/);
});

it('writes one line over and over on a terminal, not wider than it, and leaves none of it behind', () => {
  const { log, pass, shown, stop } = ticker({ isTTY: true, columns: 20 });
  log('synthesising the application ...');
  pass(10);
  stop();
  const [, ...drawn] = shown().split('\r');
  expect(shown().split('\n')).toHaveLength(2);
  expect(drawn.length).toBeGreaterThan(5);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what it draws is made of them.
  for (const line of drawn) expect(line.replaceAll(/\u001b\[[0-9;]*[mK]/g, '').length).toBeLessThan(20);
  expect(shown().endsWith('\r\u001b[K')).toBe(true);
});
