import { between, type Next, pick } from '../../local/load/random.ts';
import type { Message } from './lines.ts';

/* Words of our own for every line: what people write about some subjects in many ways. No public set is in here. */

const OPENINGS = ['', '', '', 'Hello, ', 'Hi, ', 'Good morning, ', 'Quick question: ', 'Dear team, '];
const ENDS = ['', '', '', ' Thank you.', ' Please help.', ' Best regards', ' It is the second time I ask.'];
const WHEN = ['today', 'since Monday', 'yesterday', 'this week', 'again', 'for two days', 'since the update'];

/** Questions with one answer each, in the ways in which they are asked. */
export const QUESTIONS: Readonly<Record<string, readonly string[]>> = {
  password: [
    'How do I reset my password?',
    'I forgot my password, what now?',
    'Where can I choose a new password?',
    'The login does not take my password any more, how do I get another one?',
  ],
  opening: [
    'When are you open?',
    'What are the opening hours of the shop?',
    'Until when can I come to the shop?',
    'Is the shop open at weekends?',
  ],
  parcel: [
    'Where is my parcel?',
    'When will my order arrive?',
    'My parcel has not come yet, where is it?',
    'How can I follow the delivery of my order?',
  ],
  refund: [
    'How long does a refund take?',
    'When do I get my money back?',
    'I sent the goods back, when is the refund paid?',
    'Where do I see whether my refund was paid?',
  ],
  address: [
    'How do I change my delivery address?',
    'I have moved, where do I enter the new address?',
    'Can the parcel go to another address?',
    'The address of my account is an old one, how do I correct it?',
  ],
  cancel: [
    'How do I cancel my subscription?',
    'I want to end my subscription, what do I do?',
    'Where can I terminate the contract?',
    'What is the notice period of the subscription?',
  ],
  invoice: [
    'Where do I find my invoice?',
    'Can you send me the invoice once more?',
    'I need an invoice with the name of my company on it.',
    'How do I download the bills of my account?',
  ],
  returns: [
    'How can I return a product?',
    'Which label do I need to send something back?',
    'What does it cost to return an article?',
    'How many days do I have to return what I bought?',
  ],
  payment: [
    'Which cards do you accept?',
    'Can I pay by bank transfer?',
    'Is it possible to pay in instalments?',
    'Do you take credit cards from abroad?',
  ],
  warranty: [
    'How long is the warranty?',
    'What does the guarantee cover?',
    'My device broke after a year, is there a warranty?',
    'Do I need the receipt for the guarantee?',
  ],
};

export function questionOf(next: Next): Message {
  const label = pick(next, Object.keys(QUESTIONS));
  return { label, text: dressed(pick(next, QUESTIONS[label] ?? []), next) };
}

/** Subjects of tickets: what is concerned, and what is wrong with it. */
export const TICKETS: Readonly<Record<string, readonly [readonly string[], readonly string[]]>> = {
  login: [
    ['the login page', 'my account', 'the sign-in link', 'the second factor', 'my user name'],
    ['is refused', 'is locked', 'asks for a code that never comes', 'says that I am unknown'],
  ],
  billing: [
    ['the monthly charge', 'my last bill', 'the direct debit', 'the credit note', 'the price of my plan'],
    ['is too high', 'came twice', 'shows the wrong tax', 'was taken although I had cancelled'],
  ],
  delivery: [
    ['the courier', 'my parcel', 'the shipment', 'the pallet for our warehouse', 'the express delivery'],
    ['never came', 'was left at the wrong door', 'is late', 'is stuck in the depot'],
  ],
  damage: [
    ['the glass lamp', 'the wooden table', 'the coffee machine', 'the box of cups', 'the screen'],
    ['arrived in pieces', 'has a deep scratch', 'is bent', 'leaks from below'],
  ],
  app: [
    ['the mobile app', 'the dashboard', 'the export', 'the search field', 'the calendar view'],
    ['crashes when I open it', 'stays white', 'is very slow', 'loses what I typed'],
  ],
  data: [
    [
      'the imported contacts',
      'our customer list',
      'the backup',
      'the spreadsheet with prices',
      'the history',
    ],
    ['is incomplete', 'holds old entries', 'cannot be restored', 'mixes up the columns'],
  ],
  rights: [
    ['our new colleague', 'the auditor', 'the team in Lyon', 'a former employee', 'the intern'],
    ['needs access to the folder', 'should be an administrator', 'still has access', 'sees too much'],
  ],
  device: [
    ['the label printer', 'the barcode scanner', 'the card terminal', 'the tablet at the desk', 'the scale'],
    ['does not switch on', 'prints empty pages', 'finds no network', 'beeps all the time'],
  ],
};

/** One in twenty is about nothing of these. */
const OUTSIDE = [
  'Do you sponsor sports clubs in our region',
  'I would like to interview the founder for a school paper',
  'Is the street in front of the office closed',
  'We offer window cleaning at fair prices',
  'Somebody left a blue umbrella at the reception',
  'Congratulations on the anniversary',
];

export function ticketOf(next: Next): Message {
  if (next() < 0.05)
    return { label: 'other', text: dressed(`${pick(next, OUTSIDE)} ${pick(next, WHEN)}?`, next) };
  const label = pick(next, Object.keys(TICKETS));
  const [things, wrongs] = TICKETS[label] ?? [[], []];
  const detail = next() < 0.6 ? ` Ticket of ${pick(next, WHEN)}, customer ${between(next, 1000, 9999)}.` : '';
  return {
    label,
    text: dressed(`${pick(next, things)} ${pick(next, wrongs)} ${pick(next, WHEN)}.${detail}`, next),
  };
}

function dressed(core: string, next: Next): string {
  return `${pick(next, OPENINGS)}${core}${pick(next, ENDS)}`;
}

const GOODS: Readonly<Record<string, readonly string[]>> = {
  office: ['paper', 'desk chairs', 'toner', 'whiteboards', 'envelopes'],
  travel: ['train tickets', 'hotel nights', 'a rental car', 'flights', 'taxi rides'],
  software: ['licences', 'cloud storage', 'a support contract', 'hosting', 'domain names'],
  energy: ['electricity', 'district heating', 'gas', 'water', 'fuel oil'],
  marketing: ['advertisements', 'flyers', 'a trade fair stand', 'photographs', 'banners'],
};

export function companies(): string[] {
  const first = ['Nord', 'Alpen', 'Hansa', 'Rhein', 'Delta', 'Linden', 'Falken', 'Stern'];
  const second = ['werk', 'handel', 'dienst', 'haus', 'technik'];
  return first.flatMap((one) => second.map((other) => `${one}${other} GmbH`));
}

export function invoiceOf(next: Next, all: readonly string[]): Message {
  const label = pick(next, Object.keys(GOODS));
  const lines = Array.from({ length: between(next, 1, 4) }, () => {
    const [count, price] = [between(next, 1, 40), between(next, 3, 900)];
    return `${count} x ${pick(next, GOODS[label] ?? [])} at ${price}.00 EUR: ${count * price}.00 EUR`;
  });
  const number = `${between(next, 2025, 2026)}-${between(next, 1000, 99_999)}`;
  return {
    label,
    text: `Invoice ${number} of ${pick(next, all)}\n${lines.join('\n')}\nPayable within 30 days.`,
  };
}

const WANTS: Readonly<Record<string, readonly string[]>> = {
  large: [
    'We are a group with {n}00 employees and look for a framework contract',
    'Our {n} sites need one system',
  ],
  small: ['I run a shop with {n} people and want a trial', 'Our office of {n} would like an offer'],
  partner: [
    'We resell software to {n} customers and would like to become a partner',
    'Our {n} consultants could sell it',
  ],
  student: [
    'I write my thesis with {n} fellow students and need a free licence',
    'Our course of {n} wants to try it',
  ],
};

export function leadOf(next: Next): Message {
  const label = pick(next, Object.keys(WANTS));
  const core = pick(next, WANTS[label] ?? []).replace('{n}', String(between(next, 3, 90)));
  return { label, text: dressed(`${core}, ${pick(next, WHEN)}.`, next) };
}
