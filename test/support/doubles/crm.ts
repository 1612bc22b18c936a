import { type Asked, Double, json, type Reply } from './double.ts';

/*
 * A CRM as the HubSpot API documents it:
 * - developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide (contacts by id or by `idProperty=email`, `properties`)
 * - developers.hubspot.com/docs/api-reference/error-handling (categories; 401, 409 and 429)
 * - github.com/HubSpot/hubspot-api-nodejs/issues/545 (what a contact that exists is answered)
 */

export const PRIVATE_APP = { token: 'pat-eu1-of-the-test' };

const PROPERTIES = ['email', 'firstname', 'lastname', 'phone', 'lifecyclestage', 'signalbox_key'];
const BASE = '/crm/v3/objects/contacts';

interface Contact {
  id: string;
  properties: Record<string, string>;
}

export class Crm extends Double {
  readonly contacts = new Map<string, Contact>();

  put(properties: Record<string, string>): Contact {
    const contact = { id: String(501 + this.contacts.size), properties };
    this.contacts.set(properties.email ?? contact.id, contact);
    return contact;
  }

  protected unauthorised(): Reply {
    return refused(401, 'INVALID_AUTHENTICATION', 'Authentication credentials not found');
  }

  protected override busy(): Reply {
    const reply = refused(429, 'RATE_LIMITS', 'You have reached your secondly limit.');
    return { ...reply, headers: { 'retry-after': '10' } };
  }

  protected answer(asked: Asked): Reply {
    const { method, path, headers, query } = asked;
    if (headers.authorization !== `Bearer ${PRIVATE_APP.token}`) return this.unauthorised();
    if (method === 'POST' && path === BASE) return this.#create(asked);
    if (!path.startsWith(`${BASE}/`)) return { status: 404 };
    const id = decodeURIComponent(path.slice(BASE.length + 1));
    const contact =
      query.get('idProperty') === 'email'
        ? this.contacts.get(id.toLowerCase())
        : [...this.contacts.values()].find((one) => one.id === id);
    if (!contact) return refused(404, 'OBJECT_NOT_FOUND', 'resource not found');
    if (method === 'GET') return { status: 200, body: shown(contact, query.get('properties')) };
    return method === 'PATCH' ? this.#update(contact, asked) : { status: 405 };
  }

  #create({ body, headers }: Asked): Reply {
    const given = propertiesIn(headers['content-type'], body);
    if ('status' in given) return given;
    const { email } = given.properties;
    const before = email === undefined ? undefined : this.contacts.get(email.toLowerCase());
    if (before) return refused(409, 'CONFLICT', `Contact already exists. Existing ID: ${before.id}`);
    const contact = this.put({ ...given.properties, ...(email ? { email: email.toLowerCase() } : {}) });
    this.effects.push(`contact ${contact.id} created`);
    return { status: 201, body: contact };
  }

  #update(contact: Contact, { body, headers }: Asked): Reply {
    const given = propertiesIn(headers['content-type'], body);
    if ('status' in given) return given;
    const before = JSON.stringify(contact.properties);
    Object.assign(contact.properties, given.properties);
    // The same values a second time change nothing.
    if (JSON.stringify(contact.properties) !== before) this.effects.push(`contact ${contact.id} updated`);
    return { status: 200, body: contact };
  }
}

function shown({ id, properties }: Contact, wanted: string | null): Contact {
  const names = wanted?.split(',') ?? ['email', 'firstname', 'lastname'];
  return {
    id,
    properties: Object.fromEntries(Object.entries(properties).filter(([it]) => names.includes(it))),
  };
}

function propertiesIn(
  type: string | undefined,
  body: string,
): Reply | { properties: Record<string, string> } {
  const properties = json(body)?.properties as Record<string, string> | undefined;
  if (type !== 'application/json' || !properties)
    return refused(400, 'VALIDATION_ERROR', 'Invalid input JSON');
  const unknown = Object.keys(properties).find((name) => !PROPERTIES.includes(name));
  if (unknown) return refused(400, 'VALIDATION_ERROR', `Property "${unknown}" does not exist`);
  if (properties.email !== undefined && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(properties.email))
    return refused(400, 'VALIDATION_ERROR', 'Property values were not valid');
  return { properties };
}

function refused(status: number, category: string, message: string): Reply {
  const body = { status: 'error', message, correlationId: 'aeb5f871-7f07-4993-9211-075dc63e7cbf', category };
  return { status, body };
}
