import { type Asked, Double, json, type Reply } from './double.ts';

/*
 * An ERP as the Business Central API v2.0 documents it, over the OAuth client credentials of RFC 6749, section 4.4:
 * - learn.microsoft.com/dynamics365/business-central/dev-itpro/api-reference/v2.0/api/dynamics_purchaseinvoice_create
 * - learn.microsoft.com/dynamics365/business-central/dev-itpro/api-reference/v2.0/dynamics-rate-limits (429 without a time, 504)
 * - learn.microsoft.com/dynamics365/business-central/dev-itpro/api-reference/v1.0/dynamics_error_codes
 * It knows no key of ours: a second invoice of the same number is taken as willingly as the first, until somebody posts them.
 */

export const CLIENT = { clientId: 'signalbox', clientSecret: 'secret-of-the-client' };
export const COMPANY = '5d115c9c-44e3-ea11-bb43-000d3a2feca1';

const FIELDS = ['vendorNumber', 'vendorInvoiceNumber', 'invoiceDate', 'dueDate', 'currencyCode'];

export class Erp extends Double {
  readonly invoices: Record<string, string>[] = [];
  readonly vendors = new Set(['20000', "30000 O'Neil"]);
  /** Tokens that were given out, the last one alone is good. */
  tokens = 0;

  protected unauthorised(): Reply {
    // Whoever held the token has to fetch another one.
    this.tokens += 1;
    return { status: 401, body: { error: { code: 'Authentication_InvalidCredentials', message: 'ended' } } };
  }

  protected override busy(): Reply {
    return { status: 429, body: { error: { code: 'Application_TooManyRequests', message: 'too many' } } };
  }

  protected answer(asked: Asked): Reply {
    const { method, path, headers } = asked;
    if (path === '/tenant/oauth2/v2.0/token') return this.#token(asked);
    if (headers.authorization !== `Bearer token-${this.tokens}`)
      return { status: 401, body: { error: { code: 'Authentication_InvalidCredentials', message: 'no' } } };
    if (path !== `/api/v2.0/companies(${COMPANY})/purchaseInvoices`)
      return { status: 404, body: { error: { code: 'BadRequest_ResourceNotFound', message: 'no' } } };
    if (method === 'GET') return this.#list(asked);
    return method === 'POST' ? this.#create(asked) : { status: 405 };
  }

  #token({ method, headers, body }: Asked): Reply {
    const form = new URLSearchParams(body);
    const pair = `${CLIENT.clientId}:${CLIENT.clientSecret}`;
    const byHeader = headers.authorization === `Basic ${Buffer.from(pair).toString('base64')}`;
    const byForm =
      form.get('client_id') === CLIENT.clientId && form.get('client_secret') === CLIENT.clientSecret;
    if (method !== 'POST' || form.get('grant_type') !== 'client_credentials')
      return { status: 400, body: { error: 'unsupported_grant_type' } };
    if (!byHeader && !byForm) return { status: 401, body: { error: 'invalid_client' } };
    this.tokens += 1;
    const token = { access_token: `token-${this.tokens}`, token_type: 'Bearer', expires_in: 3599 };
    return { status: 200, headers: { 'cache-control': 'no-store' }, body: token };
  }

  #list({ query }: Asked): Reply {
    // Texts of OData stand in single quotes, and a quote in them is doubled.
    const literal = "'((?:[^']|'')*)'";
    const filter = new RegExp(`^vendorInvoiceNumber eq ${literal} and vendorNumber eq ${literal}$`);
    const [, invoice, vendor] = filter.exec(query.get('$filter') ?? '') ?? [];
    if (invoice === undefined || vendor === undefined)
      return { status: 400, body: { error: { code: 'BadRequest_InvalidRequestUrl', message: 'no filter' } } };
    const plain = (words: string) => words.replaceAll("''", "'");
    const value = this.invoices.filter(
      (it) => it.vendorInvoiceNumber === plain(invoice) && it.vendorNumber === plain(vendor),
    );
    return { status: 200, body: { value } };
  }

  #create({ body, headers }: Asked): Reply {
    const given = json(body) as Record<string, string> | undefined;
    const bad = (code: string): Reply => ({ status: 400, body: { error: { code, message: 'no' } } });
    if (headers['content-type'] !== 'application/json' || !given) return bad('BadRequest');
    if (Object.keys(given).some((name) => !FIELDS.includes(name))) return bad('BadRequest');
    if (!/^\d{4}-\d\d-\d\d$/.test(given.invoiceDate ?? ''))
      return bad('Application_FieldValidationException');
    if (!this.vendors.has(given.vendorNumber ?? '')) return bad('Internal_RecordNotFound');
    const number = String(108_001 + this.invoices.length);
    this.invoices.push({ ...given, id: `id-${number}`, number, status: 'Draft' });
    this.effects.push(`invoice ${number} of ${given.vendorInvoiceNumber}`);
    return { status: 201, body: this.invoices.at(-1) };
  }
}
