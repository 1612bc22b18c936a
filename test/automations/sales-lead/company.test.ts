import { describe, expect, it } from 'vitest';
import { companyDomain, industryOf, regionOf, sizeOf } from '../../../automations/sales-lead/company.ts';

describe('the company of an address', () => {
  it.each([
    ['jo@birk.example', 'birk.example'],
    ['jo@mail.berlin.birk.example', 'birk.example'],
    ['JO@Birk.Example', 'birk.example'],
    ['jo@birk.co.uk', 'birk.co.uk'],
    ['jo@sales.birk.com.au', 'birk.com.au'],
    ['"jo@gmail.com"@birk.example', 'birk.example'],
    ['jo@gmail.com.birk.example', 'birk.example'],
    ['jo@notgmail.com', 'notgmail.com'],
  ])('%s', (address, domain) => {
    expect(companyDomain(address)).toBe(domain);
  });

  it.each([
    'kim@gmail.com',
    'KIM@GMAIL.COM',
    'kim@mail.yahoo.co.uk',
    'kim@gmx.de',
    'kim@co.uk',
    'kim@localhost',
    'kim@127.0.0.1',
    'kim@birk..example',
    'kim@-birk.example',
    'kim@birk.example/../gmail',
    'kim@birk.example?x=1',
    'kim',
    undefined,
  ])('is none for %s', (address) => {
    expect(companyDomain(address)).toBeUndefined();
  });
});

describe('what a directory says', () => {
  it('nothing of a blank', () => {
    expect([companyDomain(''), industryOf(' '), regionOf('')]).toEqual([undefined, 'unknown', 'unknown']);
  });

  it.each([
    [null, 'unknown'],
    [undefined, 'unknown'],
    [0, 'unknown'],
    [-4, 'unknown'],
    [Number.NaN, 'unknown'],
    [1, '1-9'],
    [9, '1-9'],
    [10, '10-49'],
    [249, '50-249'],
    [250, '250-999'],
    [999, '250-999'],
    [1000, '1000+'],
    [2_000_000, '1000+'],
  ])('%s people', (employees, size) => {
    expect(sizeOf(employees)).toBe(size);
  });

  it.each([
    ['Elevators', 'core'],
    ['Energy ', 'core'],
    ['retail', 'adjacent'],
    ['gambling', 'not served'],
    ['astrology', 'unknown'],
    ['constructor', 'unknown'],
    [null, 'unknown'],
  ])('the industry %s is %s', (name, industry) => {
    expect(industryOf(name)).toBe(industry);
  });

  it.each([
    ['de', 'EMEA'],
    ['US', 'Americas'],
    ['JP', 'APAC'],
    ['RU', 'not served'],
    ['AQ', 'unknown'],
    ['Germany', 'unknown'],
    [null, 'unknown'],
  ])('the country %s is %s', (country, region) => {
    expect(regionOf(country)).toBe(region);
  });
});
