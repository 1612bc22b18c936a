import { type Asked, Double, json, type Reply } from './double.ts';

/*
 * Companies, tasks and tickets of a CRM, as the HubSpot API documents them:
 * - developers.hubspot.com/docs/api-reference/crm-companies-v3/batch (upsert by a property with unique values: `idProperty`, `new`)
 * - developers.hubspot.com/docs/api-reference/crm-tasks-v3/guide (`hs_timestamp` is required; associations by type)
 * - developers.hubspot.com/docs/api-reference/crm-properties-v3/guide (a value of a unique property is taken once)
 */

export const PRIVATE_APP = { token: 'pat-eu1-of-the-test' };

interface Kept {
  id: string;
  properties: Record<string, unknown>;
}

const BASE = '/crm/v3/objects/';
const UNIQUE: Readonly<Record<string, string>> = {
  ...{ companies: 'domain_key', contacts: 'email', tasks: 'signalbox_key', tickets: 'signalbox_key' },
};
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  tasks: ['hs_timestamp', 'hs_task_subject'],
  tickets: ['subject', 'hs_pipeline_stage'],
};

export class CrmRecords extends Double {
  /** By kind and the value of its unique property. */
  readonly kept = new Map<string, Kept>();

  put(kind: string, properties: Record<string, unknown>): Kept {
    const made = { id: String(501 + this.kept.size), properties };
    this.kept.set(`${kind} ${properties[UNIQUE[kind] ?? '']}`, made);
    return made;
  }

  protected unauthorised(): Reply {
    return refused(401, 'INVALID_AUTHENTICATION');
  }

  protected answer({ method, path, query, headers, body }: Asked): Reply {
    if (headers.authorization !== `Bearer ${PRIVATE_APP.token}`) return this.unauthorised();
    const [kind = '', ...rest] = path.slice(BASE.length).split('/');
    const unique = UNIQUE[kind];
    if (!path.startsWith(BASE) || unique === undefined) return { status: 404 };
    const given = json(body) ?? {};
    if (method === 'GET' && rest.length === 1) {
      const found = this.kept.get(`${kind} ${decodeURIComponent(rest[0] ?? '')}`);
      return found && query.get('idProperty') === unique
        ? { status: 200, body: found }
        : refused(404, 'OBJECT_NOT_FOUND');
    }
    if (method !== 'POST') return { status: 405 };
    if (rest.join('/') === 'batch/upsert') return this.#upsert(kind, unique, given.inputs);
    return rest.length === 0 ? this.#create(kind, unique, given) : { status: 404 };
  }

  #upsert(kind: string, unique: string, inputs: unknown): Reply {
    const [input] = (Array.isArray(inputs) ? inputs : []) as (Kept & { idProperty: string })[];
    if (input?.idProperty !== unique || input.properties[unique] !== input.id)
      return refused(400, 'VALIDATION_ERROR');
    const before = this.kept.get(`${kind} ${input.id}`);
    if (before) Object.assign(before.properties, input.properties);
    else this.effects.push(`${kind} ${input.id}`);
    const { id, properties } = before ?? this.put(kind, input.properties);
    return { status: 200, body: { status: 'COMPLETE', results: [{ id, properties, new: !before }] } };
  }

  #create(kind: string, unique: string, { properties, associations }: Record<string, unknown>): Reply {
    const values = (properties ?? {}) as Record<string, unknown>;
    const isWhole = (REQUIRED[kind] ?? []).every((name) => values[name]);
    const isUnknown = values[unique] === undefined || kind === 'companies';
    if (!isWhole || isUnknown || !areAssociations(associations)) return refused(400, 'VALIDATION_ERROR');
    if (this.kept.has(`${kind} ${values[unique]}`)) return refused(409, 'CONFLICT');
    this.effects.push(`${kind} ${values[unique]}`);
    return { status: 201, body: this.put(kind, values) };
  }
}

function areAssociations(given: unknown): boolean {
  if (given === undefined) return true;
  const all = given as { to?: { id?: unknown }; types?: { associationTypeId?: unknown }[] }[];
  return all.every(({ to, types }) => /^\d+$/.test(String(to?.id)) && types?.[0]?.associationTypeId);
}

function refused(status: number, category: string): Reply {
  return { status, body: { status: 'error', category } };
}
