import type { Language } from '../../lambdas/contract/item/cases.ts';

/* Complaints, and the orders that they are about: the same for the same seed. */

export interface Complaint {
  body: { orderId: string; amount: string; currency: string; text: string };
  language: Language;
}

export interface KnownOrder {
  orderId: string;
  currency: string;
  paid: string;
  refunded: string;
  charges: number;
  shippedOn: string | null;
  cancelledOn: string | null;
  customer: { id: string; email?: string; language?: Language } | null;
}

/** Of a hundred complaints: those that the order system contradicts, those of a large sum, and those that the policy denies. */
const CONTRADICTED = 4;
const LARGE = 2;
const DENIED = 3;
/** Orders that are complained about again and again, each so often. */
const REPEATED = 5;
const SHARE_REPEATED = 0.1;
/** Of a hundred orders those with an address on file. */
const WITH_ADDRESS = 70;

const TWICE: Readonly<Record<string, string>> = {
  en: 'I was charged twice for the same order. Please pay one of the two back.',
  de: 'Mir wurde die Bestellung zweimal abgebucht. Bitte überweisen Sie mir einen Betrag zurück.',
  fr: 'J’ai été débité deux fois pour la même commande. Merci de me rembourser une fois.',
  es: 'Me han cobrado dos veces el mismo pedido. Quiero que me devuelvan uno de los cobros.',
  nl: 'Er is twee keer geld van mijn rekening afgeschreven. Ik wil graag een bedrag terug.',
};
const BROKEN: Readonly<Record<string, string>> = {
  en: 'The lamp arrived broken yesterday, the glass is in pieces. I want my money back.',
  de: 'Die Lampe ist gestern kaputt angekommen. Ich möchte bitte mein Geld zurück.',
  fr: 'La lampe est arrivée cassée hier, je veux être remboursé.',
  es: 'La lámpara llegó rota ayer y quiero mi dinero.',
  nl: 'De lamp is gisteren kapot aangekomen, ik wil mijn geld terug.',
};
const LANGUAGES = ['en', 'de', 'fr', 'es', 'nl'] as const;
const CURRENCIES = ['EUR', 'USD', 'GBP'] as const;

/** A sequence of numbers from 0 to 1, by a multiplication and an addition. */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const money = (cents: number) => (cents / 100).toFixed(2);

/** @returns so many complaints, in a mixed order, and what the order system knows of each order */
export function complaints(count: number, seed: number) {
  const next = numbers(seed);
  const of = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const known = new Map<string, KnownOrder>();
  const made: Complaint[] = [];
  const repeats = Math.round((count * SHARE_REPEATED) / REPEATED);
  for (let order = 0; made.length < count; order += 1) {
    const often = order < repeats ? REPEATED : 1;
    const orderId = `C${String(seed).padStart(3, '0')}${String(order).padStart(6, '0')}`;
    // Two orders for each customer, in one currency: a second currency asks a person.
    const number = Math.floor(order / 2);
    const currency = CURRENCIES[number % CURRENCIES.length] ?? 'EUR';
    const kind = Math.floor(next() * 100);
    const [contradicted, large] = [kind < CONTRADICTED, kind < CONTRADICTED + LARGE && kind >= CONTRADICTED];
    const denied = !contradicted && !large && kind < CONTRADICTED + LARGE + DENIED;
    const broken = next() < 0.5;
    const language = of(LANGUAGES);
    const cents = large
      ? 12_000
      : often > 1
        ? 2400 + Math.floor(next() * 300)
        : 100 + Math.floor(next() * 500);
    const email = next() * 100 < WITH_ADDRESS ? { email: `c${number}-${order}@customers.example.net` } : {};
    known.set(orderId, {
      ...{ orderId, currency, paid: money(cents * 20), refunded: '0.00', charges: contradicted ? 1 : 20 },
      ...{ shippedOn: contradicted ? null : '2026-10-15', cancelledOn: null },
      customer: { id: `C-${seed}-${number}`, ...email, language },
    });
    for (let again = 0; again < often && made.length < count; again += 1) {
      const says = (broken ? BROKEN : TWICE)[language] ?? '';
      const dispute = denied ? ' I also opened a chargeback with my bank, it is still open.' : '';
      // Amounts differ, so that each letter can be told from the others.
      const body = { orderId, amount: money(cents + again), currency, text: `${says}${dispute}` };
      made.push({ body, language });
    }
  }
  // Those about one order come close together, as they would: within fifty of each other.
  return { complaints: shuffledNear(made, 50, next), known };
}

function shuffledNear<T>(list: readonly T[], within: number, next: () => number): T[] {
  return list
    .map((one, at) => ({ one, at: at + next() * within }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}
