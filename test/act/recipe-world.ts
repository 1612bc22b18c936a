import { actOn } from '../../lambdas/act/act.ts';
import type { Credentials } from '../../lambdas/contract/outside/auth.ts';
import type { RequestDestination } from '../../lambdas/contract/outside/destination.ts';
import type { RequestRules } from '../../lambdas/contract/outside/request.ts';
import { addContact, changeContact } from '../recipes/crm.ts';
import { enterInvoice } from '../recipes/erp.ts';
import { answerTicket, openTicket } from '../recipes/help-desk.ts';
import { refund } from '../recipes/payments.ts';
import { Crm, PRIVATE_APP } from '../support/doubles/crm.ts';
import type { Double } from '../support/doubles/double.ts';
import { CLIENT, Erp } from '../support/doubles/erp.ts';
import { AGENT, HelpDesk } from '../support/doubles/help-desk.ts';
import { Payments, SECRET_KEY } from '../support/doubles/payments.ts';
import { automation, ENV, gated, ID, proposal, sqsRecord, stored } from '../support/fixtures.ts';
import { time, world } from '../support/world.ts';
import { released } from './world.ts';

/* Every recipe of docs/connectors.md, against the double of its provider, through the whole of `act`. */

export interface Recipe {
  name: string;
  rules: RequestRules;
  parameters: Record<string, unknown>;
  double: () => Double;
  /** What the provider has from before, and what others do there. */
  begin: (double: never) => void;
  others?: (double: never) => void;
  secret: object;
  credentials: (url: string) => Credentials;
}

const recipe = <D extends Double>(
  of: Omit<Recipe, 'begin' | 'others'> & { begin(double: D): void; others?(double: D): void },
): Recipe => of as Recipe;

const helpDesk = {
  double: () => new HelpDesk(),
  secret: AGENT,
  credentials: (): Credentials => ({ auth: 'basic' }),
};
const crm = {
  double: () => new Crm(),
  secret: PRIVATE_APP,
  credentials: (): Credentials => ({ auth: 'bearer' }),
};
const ANN = { email: 'ann@example.com', firstname: 'Ann', lastname: 'Example' };

export const RECIPES: readonly Recipe[] = [
  recipe<HelpDesk>({
    ...{ ...helpDesk, name: 'open a ticket', rules: openTicket },
    parameters: { subject: 'Order 4711', message: 'The parcel is lost.' },
    begin: () => {},
  }),
  recipe<HelpDesk>({
    ...{ ...helpDesk, name: 'answer a ticket', rules: answerTicket },
    parameters: { ticket: '101', message: 'It was sent again.', seenAt: '2026-12-01T07:59:00.000Z' },
    begin: (desk) => {
      desk.put('Order 4711').updated_at = '2026-12-01T07:59:00.000Z';
    },
    others: (desk) => desk.touch(101),
  }),
  recipe<Crm>({
    ...{ ...crm, name: 'add a contact', rules: addContact, parameters: ANN },
    begin: () => {},
    others: (them) => void them.put({ email: ANN.email }),
  }),
  recipe<Crm>({
    ...{ ...crm, name: 'change a contact', rules: changeContact },
    parameters: { email: ANN.email, phone: '+49 30 1234567' },
    begin: (them) => void them.put({ email: ANN.email }),
  }),
  recipe<Payments>({
    ...{ name: 'refund a charge', rules: refund, parameters: { charge: 'ch_1', cents: 2490 } },
    ...{ double: () => new Payments(), secret: SECRET_KEY, credentials: () => ({ auth: 'bearer' }) },
    begin: (payments) => payments.charge('ch_1', 2490),
    others: (payments) => payments.byHand('ch_1'),
  }),
  recipe<Erp>({
    ...{ name: 'enter an invoice', rules: enterInvoice },
    parameters: { vendor: "30000 O'Neil", invoice: "RE-7' or 1 eq 1", date: '2026-11-30' },
    ...{ double: () => new Erp(), secret: CLIENT },
    credentials: (url) => ({
      ...{ auth: 'oauth', tokenUrl: `${url}/tenant/oauth2/v2.0/token`, tokenAuth: 'body' },
      scope: 'https://api.businesscentral.dynamics.com/.default',
    }),
    begin: () => {},
    others: (erp) =>
      erp.invoices.push({
        ...{ vendorNumber: "30000 O'Neil", vendorInvoiceNumber: "RE-7' or 1 eq 1", number: '1' },
      }),
  }),
];

export const recipeNamed = (name: string): Recipe => {
  const found = RECIPES.find((one) => one.name === name);
  if (!found) throw new Error(`there is no recipe '${name}'`);
  return found;
};

/** The action of a recipe was allowed just now, and nothing was sent yet. */
export async function allowed({ double: made, begin, secret, parameters }: Recipe): Promise<Double> {
  world.reset();
  time.freezeLater();
  world.secrets.api = JSON.stringify(secret);
  const double = await made().open();
  begin(double as never);
  gated({}, proposal({ action: 'pay', parameters }));
  return double;
}

/** One delivery of the action's message. @returns whether it comes again */
export function deliver(recipe: Recipe, double: Double, generation = 1, receives = 1): Promise<boolean> {
  const { pay } = automation.actions;
  if (!pay) throw new Error("the demo has no action 'pay'");
  const actions = { ...automation.actions, pay: { ...pay, request: recipe.rules } };
  // Nobody waits long for an answer that is not to come, and a busy machine has time for all others.
  const timeoutSeconds = double.faults[0] === 'no answer in time' ? 0.15 : 8;
  const destination: RequestDestination = {
    ...{ kind: 'destination', connector: 'request', name: 'ledger', url: double.url, local: true },
    ...{ secretId: 'api', timeoutSeconds, ...recipe.credentials(double.url) },
  };
  const env = { ...ENV, MAX_RECEIVES: '12', DESTINATIONS: JSON.stringify({ ledger: destination }) };
  const record = sqsRecord({ itemId: ID, generation }, receives);
  return actOn(record, env, { ...automation, actions }).then(
    () => false,
    () => true,
  );
}

/** Delivers the message whenever it is due, until it does not come again or waits for its destination. */
export async function run(recipe: Recipe, double: Double, generation = 1): Promise<void> {
  for (let receives = 1; receives <= 8; receives += 1) {
    world.visibility = [];
    if (!(await deliver(recipe, double, generation, receives))) return;
    time.advance(world.visibility.at(-1)?.seconds ?? 60);
  }
}

/** An operator lets it go on, after so many seconds. */
export async function goOn(recipe: Recipe, double: Double, afterSeconds = 60): Promise<void> {
  if (stored().status === 'done') return;
  time.advance(afterSeconds);
  await run(recipe, double, released());
}

export type Outcome = 'done once' | 'a person; done once' | 'a person; not done' | 'DONE TWICE' | 'UNTRUE';

/** What became of it: what the item says, held against what was really done there. */
export function outcome({ effects }: Double): Outcome {
  const isDone = stored().status === 'done';
  if (effects.length > 1) return 'DONE TWICE';
  if (isDone) return effects.length === 1 ? 'done once' : 'UNTRUE';
  return effects.length === 1 ? 'a person; done once' : 'a person; not done';
}
