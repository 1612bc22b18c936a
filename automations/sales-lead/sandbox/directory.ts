/* The companies that the sandbox's directory knows: all of them made up. */

interface Listed {
  employees: number | null;
  industry: string;
  country: string;
}

const LISTED: Readonly<Record<string, Listed>> = {
  'birk.example': { employees: 120, industry: 'building technology', country: 'DE' },
  'pacific-imaging.example': { employees: 210, industry: 'medical devices', country: 'AU' },
  'maple-power.example': { employees: 90, industry: 'energy', country: 'CA' },
  'alder-lifts.example': { employees: 60, industry: 'elevators', country: 'AT' },
  'lumen-lifts.example': { employees: 800, industry: 'elevators', country: 'SE' },
  'north-grid.example': { employees: 400, industry: 'energy', country: 'NO' },
  'routewise.example': { employees: 150, industry: 'software', country: 'GB' },
  'mole-stores.example': { employees: 30, industry: 'retail', country: 'FR' },
  'tiny-fix.example': { employees: 3, industry: 'software', country: 'NL' },
  'grandcorp.example': { employees: 12_000, industry: 'energy', country: 'US' },
  'spin-palace.example': { employees: 300, industry: 'gambling', country: 'MT' },
  'volga-pumps.example': { employees: 200, industry: 'machine building', country: 'RU' },
  'castor.example': { employees: 45, industry: 'software', country: 'NO' },
  'dune-services.example': { employees: 300, industry: 'facility services', country: 'AQ' },
  'harbour-clinic.example': { employees: 500, industry: 'medical devices', country: 'GB' },
};

export function companies(path: string): unknown {
  const domain = /^companies\/(.+)$/.exec(path)?.[1] ?? '';
  return Object.hasOwn(LISTED, domain) ? { domain, ...LISTED[domain] } : undefined;
}
