/* What an address and a company directory tell of a company. Pure: no clock, no network. */

/** Anybody has an address there: it tells of no company. */
const FREE_MAIL = new Set(
  (
    'gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk live.com msn.com yahoo.com yahoo.co.uk ymail.com ' +
    'icloud.com me.com mac.com aol.com gmx.de gmx.net gmx.at gmx.ch gmx.com web.de freenet.de t-online.de mail.com ' +
    'proton.me protonmail.com pm.me tutanota.com tuta.com zoho.com fastmail.com hey.com orange.fr free.fr laposte.net ' +
    'wanadoo.fr libero.it virgilio.it wp.pl onet.pl o2.pl interia.pl seznam.cz mail.ru yandex.ru yandex.com qq.com ' +
    '163.com 126.com naver.com mailinator.com guerrillamail.com 10minutemail.com yopmail.com trashmail.com'
  ).split(' '),
);

/** Below these two labels names are given to everybody, as below `.com` elsewhere. */
const SECOND_LEVEL =
  /^(?:co|com|org|net|gov|edu|ac|or|ne|gob|gouv)\.(?:uk|au|nz|jp|kr|in|za|br|mx|ar|tr|il|at|sg|hk|tw|th|id|my|ph)$/;

/** A host name as the schema of an address has it, and no number. */
const HOST = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,6}[a-z]{2,24}$/;

/** The company's domain, such as `birk.example` for `jo@mail.birk.example`. Undefined for a free mail service, and for what is no address. */
export function companyDomain(address: string | undefined): string | undefined {
  const host = address?.slice(address.lastIndexOf('@') + 1).toLowerCase();
  if (host === undefined || !address?.includes('@') || !HOST.test(host)) return undefined;
  const labels = host.split('.');
  const suffix = SECOND_LEVEL.test(labels.slice(-2).join('.')) ? 2 : 1;
  const domain = labels.slice(-suffix - 1).join('.');
  return FREE_MAIL.has(domain) || labels.length <= suffix ? undefined : domain;
}

export const SIZES = ['unknown', '1-9', '10-49', '50-249', '250-999', '1000+'] as const;
export type Size = (typeof SIZES)[number];

/** The band of a number of employees. */
export function sizeOf(employees: number | null | undefined): Size {
  if (typeof employees !== 'number' || !(employees >= 1)) return 'unknown';
  if (employees < 10) return '1-9';
  if (employees < 50) return '10-49';
  if (employees < 250) return '50-249';
  return employees < 1000 ? '250-999' : '1000+';
}

export const INDUSTRIES = ['core', 'adjacent', 'not served', 'unknown'] as const;
export type Industry = (typeof INDUSTRIES)[number];

/** What companies do, as the directory calls it, and whether we sell to such: `knowledge/handbook/customers.md` says why. */
const BY_INDUSTRY: Readonly<Record<string, Industry>> = {
  ...{ 'facility services': 'core', energy: 'core', 'machine building': 'core', telecommunications: 'core' },
  ...{ 'medical devices': 'core', 'building technology': 'core', elevators: 'core' },
  ...{ construction: 'adjacent', retail: 'adjacent', software: 'adjacent', logistics: 'adjacent' },
  ...{ 'public administration': 'adjacent', hospitality: 'adjacent' },
  ...{ gambling: 'not served', weapons: 'not served', tobacco: 'not served' },
};

export function industryOf(name: string | null | undefined): Industry {
  const key = (name ?? '').trim().toLowerCase();
  return Object.hasOwn(BY_INDUSTRY, key) ? (BY_INDUSTRY[key] as Industry) : 'unknown';
}

export const REGIONS = ['EMEA', 'Americas', 'APAC', 'not served', 'unknown'] as const;
export type Region = (typeof REGIONS)[number];

const COUNTRIES: Readonly<Record<Exclude<Region, 'unknown'>, string>> = {
  EMEA: 'AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK AE IL ZA',
  Americas: 'US CA MX BR CL AR CO PE UY',
  APAC: 'AU NZ JP KR SG HK TW IN MY TH PH ID VN',
  'not served': 'RU BY IR KP SY CU',
};

/** The territory of a country (ISO 3166-1, two letters). A country that nobody listed is for a person. */
export function regionOf(country: string | null | undefined): Region {
  const code = (country ?? '').trim().toUpperCase();
  if (!/^[A-Z]{2}$/.test(code)) return 'unknown';
  const found = Object.entries(COUNTRIES).find(([, codes]) => codes.split(' ').includes(code));
  return (found?.[0] as Region | undefined) ?? 'unknown';
}
