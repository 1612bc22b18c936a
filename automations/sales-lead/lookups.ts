import * as z from 'zod/mini';
import { defineLookup } from '../../lambdas/contract/steps/lookup.ts';
import { companyDomain } from './company.ts';

const address = z.strictObject({ email: z.email().check(z.maxLength(254)) });

/** Of an address at a free mail service neither system knows a company: `-` is nobody's domain. */
const domainIn = (email: string) => encodeURIComponent(companyDomain(email) ?? '-');

const OBJECTS = '/crm/v3/objects';
const like = (form: RegExp) => z.string().check(z.regex(form));
const optional = (form: RegExp) => z.optional(z.nullable(like(form)));
const HOST = /^[a-z0-9.-]{1,253}$/;
const ID = /^\d{1,20}$/;

/** The sources get the address and no model does: it is a token from `prepare` on. */
export const company = defineLookup({
  name: 'company',
  source: 'companies',
  description: 'The company with this domain: its size, industry and country.',
  input: address,
  request: ({ email }) => ({ path: `/companies/${domainIn(email)}` }),
  answer: z.object({
    domain: like(HOST),
    employees: z.optional(z.nullable(z.int())),
    industry: optional(/^[\p{L} &,/-]{1,100}$/u),
    country: optional(/^[A-Za-z]{2}$/),
  }),
  matches: ({ domain }, { email }) => domain === companyDomain(email),
  cacheMinutes: 24 * 60,
  // Without it the score would be too low: a person decides, or the house asks again once the directory is back.
  required: false,
  given: ['email'],
});

export const account = defineLookup({
  name: 'account',
  source: 'crm',
  description: 'The account of the CRM with this domain: what it is to us, and who owns it.',
  input: address,
  request: ({ email }) => ({
    path: `${OBJECTS}/companies/${domainIn(email)}`,
    query: {
      idProperty: 'domain_key',
      properties: 'domain_key,lifecyclestage,hubspot_owner_id,owner_email,competitor',
    },
  }),
  answer: z.object({
    id: like(ID),
    properties: z.object({
      domain_key: like(HOST),
      lifecyclestage: optional(/^[a-z0-9]{1,40}$/),
      hubspot_owner_id: optional(ID),
      owner_email: z.optional(z.nullable(z.email())),
      competitor: z.optional(z.nullable(z.enum(['true', 'false', '']))),
    }),
  }),
  matches: ({ properties }, { email }) => properties.domain_key === companyDomain(email),
  given: ['email'],
});

export const territory = defineLookup({
  name: 'territory',
  source: 'crm',
  description: 'Who takes the next lead of a territory, and by when.',
  input: z.strictObject({ region: z.enum(['EMEA', 'Americas', 'APAC']) }),
  request: ({ region }) => ({
    path: `${OBJECTS}/territories/${region}`,
    query: { idProperty: 'name', properties: 'name,owner_id,owner_email,next_working_day' },
  }),
  answer: z.object({
    properties: z.object({
      name: z.enum(['EMEA', 'Americas', 'APAC']),
      owner_id: like(ID),
      owner_email: z.email(),
      next_working_day: z.iso.date(),
    }),
  }),
  matches: ({ properties }, { region }) => properties.name === region,
});

/** For the agent: what is open with an account says whether a request is a new one. */
export const opportunities = defineLookup({
  name: 'opportunities',
  source: 'crm',
  description: 'The open opportunities of an account of the CRM: their stage, and since when.',
  input: z.strictObject({ account: like(ID) }),
  request: ({ account: id }) => ({
    path: `${OBJECTS}/companies/${encodeURIComponent(id)}/associations/deals`,
    query: { limit: 20 },
  }),
  answer: z.object({
    results: z.array(z.object({ stage: like(/^[\w -]{1,40}$/), since: z.iso.date() })).check(z.maxLength(20)),
  }),
  required: false,
});
