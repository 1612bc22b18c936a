import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { LOCAL_TIME_SCRIPT, shownTime, timeMark, zoneOf } from '../../lambdas/pages/time.ts';
import { SETTINGS } from '../support/fixtures.ts';

const AT = '2026-12-01T23:30:05.000Z';

describe('a time', () => {
  it.each([
    [{}, '2026-12-01 23:30 UTC'],
    [{ seconds: true }, '2026-12-01 23:30:05 UTC'],
    [{ zone: 'UTC' }, '2026-12-01 23:30 UTC'],
    [{ zone: 'Europe/London' }, '2026-12-01 23:30 Europe/London (23:30 UTC)'],
    [{ zone: 'Europe/Berlin' }, '2026-12-02 00:30 Europe/Berlin (2026-12-01 23:30 UTC)'],
    [{ zone: 'Asia/Kolkata', seconds: true }, '2026-12-02 05:00:05 Asia/Kolkata (2026-12-01 23:30:05 UTC)'],
  ])('is written in the zone of who reads it, with UTC beside it: %j', (written, words) => {
    expect(shownTime(AT, written)).toBe(words);
    expect(String(timeMark(AT, written))).toBe(`<time datetime="${AT}">${words}</time>`);
  });

  it('has the zone of the calendar that is named, and none without one', () => {
    const office = { timeZone: 'Europe/Berlin', days: [], from: '09:00', to: '17:00', holidays: [] };
    const settings = { ...SETTINGS, calendars: { office } };
    expect(zoneOf(settings, 'office')).toBe('Europe/Berlin');
    expect(zoneOf(settings, undefined)).toBeUndefined();
    expect(zoneOf(settings, 'gone')).toBeUndefined();
  });
});

/** What the script makes of a time, in the zone that this process has. */
function inBrowser(text: string, dateTime = AT): string {
  const element = { dateTime, textContent: text, append: (more: string) => (element.textContent += more) };
  runInNewContext(LOCAL_TIME_SCRIPT, { document: { querySelectorAll: () => [element] }, Date });
  return element.textContent;
}

describe('the script of a page', () => {
  const zone = process.env.TZ;
  const there = (name: string, look: () => void) => {
    process.env.TZ = name;
    try {
      look();
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  };

  it("adds the browser's own time, with its day where that is another", () => {
    there('America/New_York', () => {
      expect(inBrowser('2026-12-01 23:30 UTC')).toBe('2026-12-01 23:30 UTC, 18:30 your time');
      expect(inBrowser('2026-12-01 23:30:05 UTC')).toBe('2026-12-01 23:30:05 UTC, 18:30:05 your time');
    });
    there('Europe/Berlin', () =>
      expect(inBrowser('2026-12-01 23:30 UTC')).toBe('2026-12-01 23:30 UTC, 2026-12-02 00:30 your time'),
    );
  });

  it('leaves alone what is in that time already, what is no time in words, and what is broken', () => {
    there('UTC', () => expect(inBrowser('2026-12-01 23:30 UTC')).toBe('2026-12-01 23:30 UTC'));
    there('Europe/Berlin', () => {
      const words = shownTime(AT, { zone: 'Europe/Berlin' });
      expect(inBrowser(words)).toBe(words);
      expect(inBrowser('due in 2 h')).toBe('due in 2 h');
      expect(inBrowser('never UTC', 'soon')).toBe('never UTC');
    });
  });
});
