import type { ApiAnswer, Doing, RequestRules } from '../../lambdas/contract/outside/request.ts';
import { companyDomain } from './company.ts';

/*
 * How the CRM is written to, in the style of HubSpot. `domain_key` of companies and `signalbox_key` of tasks and tickets are properties
 * with unique values that you add there: the one makes two mails of a company one company, the other tells what we have done.
 */

const OBJECTS = '/crm/v3/objects';
const MISFIT = 'a value does not fit its property';

/** As HubSpot numbers the associations of a task. */
const TASK_OF = { companies: 192, contacts: 204 } as const;

/** Whom an address stands for there: a company, or where it tells of none a person. */
const ofAddress = (email: unknown) => {
  const domain = companyDomain(String(email));
  return domain === undefined
    ? ({ kind: 'contacts', idProperty: 'email', id: String(email).toLowerCase() } as const)
    : ({ kind: 'companies', idProperty: 'domain_key', id: domain } as const);
};

/**
 * The company of an address, made where it is not there, and brought up to date where it is: whoever comes second finds it. Only facts
 * of the directory are written, the same for everybody who writes: what is sent a second time leaves what it left once.
 */
export const saveCompany: RequestRules = {
  repeats: { by: 'state' },
  request: ({ parameters: { email, size, industry, region } }) => {
    const { kind, idProperty, id } = ofAddress(email);
    const facts = { company_size: size, sector: industry, territory: region };
    const properties = { [idProperty]: id, ...(kind === 'companies' ? { domain: id, ...facts } : {}) };
    return {
      method: 'POST',
      path: `${OBJECTS}/${kind}/batch/upsert`,
      body: { json: { inputs: [{ idProperty, id, properties }] } },
    };
  },
  refusals: [MISFIT],
  reads: ({ status, json }) => {
    const { results } = (json ?? {}) as { results?: { id?: unknown }[] };
    const id = Array.isArray(results) ? results[0]?.id : undefined;
    if ((status === 200 || status === 201) && typeof id === 'string')
      return { outcome: 'done', reference: id };
    // Two at once made the same one: by now it is there.
    if (status === 409) return { outcome: 'later', seconds: 2 };
    return status === 400 ? { outcome: 'not done', reason: MISFIT } : undefined;
  },
};

type Made = Readonly<{ properties: object; associations?: readonly object[] }>;

/** Something that is made once for each action, and found by the action's key: the CRM knows no keys of requests. */
function madeOnce(of: 'tasks' | 'tickets', made: (doing: Doing) => Made): RequestRules {
  const idIn = ({ json }: ApiAnswer) => (json as { id?: unknown } | undefined)?.id;
  return {
    repeats: { by: 'lookup' },
    request: (doing) => {
      const { properties, ...rest } = made(doing);
      const json = { properties: { ...properties, signalbox_key: doing.idempotencyKey }, ...rest };
      return { method: 'POST', path: `${OBJECTS}/${of}`, body: { json } };
    },
    refusals: [MISFIT],
    reads: (answer) => {
      const id = idIn(answer);
      if (answer.status === 201 && typeof id === 'string') return { outcome: 'done', reference: id };
      if (answer.status === 409) return { outcome: 'already done' };
      return answer.status === 400 ? { outcome: 'not done', reason: MISFIT } : undefined;
    },
    find: {
      // Read by a unique property, not by a search: it is there at once.
      settlesSeconds: 5,
      request: ({ idempotencyKey }) => ({
        path: `${OBJECTS}/${of}/${encodeURIComponent(idempotencyKey)}`,
        query: { idProperty: 'signalbox_key', properties: 'signalbox_key' },
      }),
      reads: (answer) => {
        const id = idIn(answer);
        if (answer.status === 404) return { outcome: 'not done' };
        return answer.status === 200 && typeof id === 'string'
          ? { outcome: 'done', reference: id }
          : undefined;
      },
    },
  };
}

export const addTask: RequestRules = madeOnce('tasks', ({ parameters }) => {
  const { company, email, kind, due, owner, label, band, score } = parameters;
  const associated = {
    associationCategory: 'HUBSPOT_DEFINED',
    associationTypeId: TASK_OF[ofAddress(email).kind],
  };
  return {
    properties: {
      hs_timestamp: `${due}T09:00:00Z`,
      hs_task_subject: `${label}: ${kind} ${email}`,
      hs_task_body: `A ${band} lead, ${score} of 100.`,
      hs_task_priority: band === 'hot' ? 'HIGH' : 'MEDIUM',
      hs_task_status: 'NOT_STARTED',
      hubspot_owner_id: owner,
    },
    associations: [{ to: { id: company }, types: [associated] }],
  };
});

/** A request for a person to read, in the first stage of the pipeline. */
export const openTicket: RequestRules = madeOnce('tickets', ({ parameters: { email, note } }) => ({
  properties: {
    subject: `A request of ${email ?? 'somebody without an address'}`,
    content: note,
    hs_pipeline_stage: '1',
  },
}));

/** What is no lead, closed at once. */
export const closeTicket: RequestRules = madeOnce('tickets', ({ parameters: { email, reason } }) => ({
  properties: {
    subject: `A request of ${email ?? 'somebody without an address'}`,
    content: `No lead: ${reason}`,
    hs_pipeline_stage: '4',
  },
}));
