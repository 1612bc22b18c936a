import type { ApiCall, ApiReply } from '../../../local/sandbox/api.ts';

/*
 * A CRM that keeps one company for each domain and one task or ticket for each key, whoever writes first. It is read as a source and
 * written to as a destination: what was written is found.
 */

interface Kept {
  id: string;
  properties: Record<string, unknown>;
}

const OBJECTS = 'crm/v3/objects';
const DAY_MS = 86_400_000;

const ACCOUNTS: Readonly<Record<string, Record<string, unknown>>> = {
  'alder-lifts.example': { lifecyclestage: 'lead' },
  'lumen-lifts.example': {
    ...{ lifecyclestage: 'customer', hubspot_owner_id: '7002', owner_email: 'ole@example.com' },
  },
  'north-grid.example': {
    ...{ lifecyclestage: 'opportunity', hubspot_owner_id: '7002', owner_email: 'ole@example.com' },
  },
  'routewise.example': { lifecyclestage: 'other', competitor: 'true' },
};

const TERRITORIES: Readonly<Record<string, { owner_id: string; owner_email: string }>> = {
  EMEA: { owner_id: '7001', owner_email: 'mia@example.com' },
  Americas: { owner_id: '7003', owner_email: 'kim@example.com' },
  APAC: { owner_id: '7005', owner_email: 'lee@example.com' },
};

export class SandboxCrm {
  /** By kind and unique property: `companies birk.example`, `tasks <key>`. */
  readonly kept = new Map<string, Kept>();
  #last = 2000;

  constructor() {
    for (const [domain, properties] of Object.entries(ACCOUNTS))
      this.#put('companies', domain, { domain_key: domain, ...properties });
  }

  /** What is read at a path; undefined: there is no such thing. */
  read(path: string): unknown {
    const [kind = '', of = '', ...more] = path.slice(OBJECTS.length + 1).split('/');
    if (!path.startsWith(`${OBJECTS}/`)) return undefined;
    if (kind === 'territories') return territory(of);
    if (more.join('/') === 'associations/deals') return this.#deals(of);
    return more.length === 0 ? this.kept.get(`${kind} ${of}`) : undefined;
  }

  /** A call that writes, or asks whether something was written. */
  answer({ method, path, body }: ApiCall): ApiReply | undefined {
    const [, kind = '', rest = ''] = /^\/crm\/v3\/objects\/([a-z]+)(?:\/(.+))?$/.exec(path) ?? [];
    if (method === 'GET') {
      const found = this.kept.get(`${kind} ${decodeURIComponent(rest)}`);
      return found ? { status: 200, body: found } : { status: 404, body: { category: 'OBJECT_NOT_FOUND' } };
    }
    if (method !== 'POST') return undefined;
    if (rest === 'batch/upsert') return this.#upsert(kind, body);
    return rest === '' ? this.#create(kind, body) : undefined;
  }

  #upsert(kind: string, body: unknown): ApiReply {
    const { inputs = [] } = (body ?? {}) as { inputs?: { id: string; properties: Kept['properties'] }[] };
    const [input] = inputs;
    if (!input || !['companies', 'contacts'].includes(kind)) return { status: 400, body: MISFIT };
    const before = this.kept.get(`${kind} ${input.id}`);
    if (before) Object.assign(before.properties, input.properties);
    const { id, properties } = before ?? this.#put(kind, input.id, input.properties);
    return { status: 200, body: { status: 'COMPLETE', results: [{ id, properties, new: !before }] } };
  }

  #create(kind: string, body: unknown): ApiReply {
    const { properties } = (body ?? {}) as { properties?: Kept['properties'] };
    const key = properties?.signalbox_key;
    if (!properties || typeof key !== 'string' || !['tasks', 'tickets'].includes(kind))
      return { status: 400, body: MISFIT };
    if (this.kept.has(`${kind} ${key}`)) return { status: 409, body: { category: 'CONFLICT' } };
    return { status: 201, body: this.#put(kind, key, properties) };
  }

  #put(kind: string, key: string, properties: Kept['properties']): Kept {
    this.#last += 1;
    const made = { id: String(this.#last), properties };
    this.kept.set(`${kind} ${key}`, made);
    return made;
  }

  #deals(id: string): unknown {
    const of = [...this.kept.values()].find((one) => one.id === id);
    if (!of) return undefined;
    const open = of.properties.lifecyclestage === 'opportunity';
    return { results: open ? [{ stage: 'offer sent', since: '2026-10-02' }] : [] };
  }
}

const MISFIT = { status: 'error', category: 'VALIDATION_ERROR', message: 'Invalid input JSON' };

function territory(name: string): unknown {
  if (!Object.hasOwn(TERRITORIES, name)) return undefined;
  return { properties: { name, ...TERRITORIES[name], next_working_day: nextWorkingDay(Date.now()) } };
}

function nextWorkingDay(now: number): string {
  const next = new Date(now + DAY_MS);
  const isWeekend = next.getUTCDay() % 6 === 0;
  return isWeekend ? nextWorkingDay(now + DAY_MS) : next.toISOString().slice(0, 10);
}
