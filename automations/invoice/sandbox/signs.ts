import type { Signs } from '../../../local/sandbox/labels.ts';

/** What speaks for a label, and how loudly. */
export const SIGNS: Signs = {
  invoice: [
    [/\b(invoice|rechnung|facture|factuur|bill)\b/, 4],
    [/\b(amount due|total due|please pay|payable|due date|zahlbar)\b/, 2],
    [/\bvat\b|\biban\b/, 1],
  ],
  'credit-note': [[/\bcredit[ -](note|memo)\b|\bgutschrift\b|\bavoir\b/, 9]],
  reminder: [[/\b(reminder|overdue|past due|mahnung|statement of account|dunning)\b/, 9]],
  receipt: [[/\b(receipt|paid with thanks|payment received|already paid|quittung)\b/, 9]],
};
