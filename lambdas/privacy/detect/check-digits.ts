/* The check digits of numbers that people are known by; each takes digits (and letters) without separators. */

const digitsOf = (written: string) => [...written].map(Number);

const weighted = (digits: readonly number[], weights: readonly number[]) =>
  weights.reduce((sum, weight, at) => sum + weight * (digits[at] ?? 0), 0);

/** ISO/IEC 7812: cards, Swedish and Canadian numbers. */
export function luhn(written: string): boolean {
  const sum = digitsOf(written)
    .reverse()
    .reduce((total, digit, at) => total + (at % 2 === 0 ? digit : digit > 4 ? 2 * digit - 9 : 2 * digit), 0);
  return sum % 10 === 0;
}

/** ISO/IEC 7064, mod 97-10, over letters as two digits. */
export function mod97(written: string): number {
  let rest = 0;
  for (const sign of written) {
    const value = Number.parseInt(sign, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}

/** ISO/IEC 7064, mod 11,10: German tax numbers. */
export function mod11and10(written: string): boolean {
  const digits = digitsOf(written);
  const check = digits.pop();
  let product = 10;
  for (const digit of digits) {
    const sum = (digit + product) % 10 || 10;
    product = (2 * sum) % 11;
  }
  return (11 - product) % 10 === check;
}

/** A weighted sum divides by eleven, with the last digit as its remainder: ten is not given out. */
export function mod11(written: string, weights: readonly number[], of: 'rest' | 'complement'): boolean {
  const digits = digitsOf(written);
  const rest = weighted(digits, weights) % 11;
  const check = of === 'rest' ? rest : (11 - rest) % 11;
  return check === digits[weights.length];
}

/** Damm's and Verhoeff's cousins in India: the Aadhaar number. */
export function verhoeff(written: string): boolean {
  let check = 0;
  const digits = digitsOf(written).reverse();
  for (const [at, digit] of digits.entries()) check = product(check, permuted(digit, at % 8));
  return check === 0;
}

/* The dihedral group of a pentagon: five turns, then five reflections. */
function product(a: number, b: number): number {
  if (a < 5) return b < 5 ? (a + b) % 5 : 5 + ((a + b - 5) % 5);
  return b < 5 ? 5 + ((a - b + 5) % 5) : (a - b + 5) % 5;
}

const PERMUTATION = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4] as const;

function permuted(digit: number, times: number): number {
  let now = digit;
  for (let time = 0; time < times; time += 1) now = PERMUTATION[now] ?? 0;
  return now;
}

/** EAN-13: the Swiss AHV number. */
export function ean13(written: string): boolean {
  return weighted(digitsOf(written), [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0;
}

/** Polish PESEL: birth date, number, check digit. */
export function pesel(written: string): boolean {
  const month = Number(written.slice(2, 4)) % 20;
  const day = Number(written.slice(4, 6));
  const dated = month >= 1 && month <= 12 && day >= 1 && day <= 31;
  return dated && weighted(digitsOf(written), [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0;
}

/** Brazilian CPF: two digits, each over all before it. */
export function cpf(written: string): boolean {
  if (/^(\d)\1+$/.test(written)) return false;
  const digits = digitsOf(written);
  return [9, 10].every((at) => {
    const weights = Array.from({ length: at }, (_, index) => at + 1 - index);
    return ((weighted(digits, weights) * 10) % 11) % 10 === digits[at];
  });
}

/** The routing number of a bank in the United States. */
export function aba(written: string): boolean {
  const region = Number(written.slice(0, 2));
  const known = region <= 12 || (region >= 21 && region <= 32) || (region >= 61 && region <= 72);
  return (known || region === 80) && weighted(digitsOf(written), [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0;
}

/** Spanish DNI and NIE: a letter over the number. */
export function nif(written: string): boolean {
  const number = Number(written.slice(0, -1).replace(/^[XYZ]/, (sign) => String('XYZ'.indexOf(sign))));
  return 'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23] === written.at(-1);
}

/* What a sign counts at an odd place; at an even one it counts its own value. */
const ODD = [
  1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
] as const;

/** Italian codice fiscale. */
export function codiceFiscale(written: string): boolean {
  const sum = [...written.slice(0, 15)].reduce((total, sign, at) => {
    const value = /\d/.test(sign) ? Number(sign) : sign.charCodeAt(0) - 65;
    return total + (at % 2 === 0 ? (ODD[value] ?? 0) : value);
  }, 0);
  return String.fromCharCode(65 + (sum % 26)) === written[15];
}

/** German health insurance number: a letter as two digits, each second digit doubled. */
export function kvnr(written: string): boolean {
  const letter = String(written.charCodeAt(0) - 64).padStart(2, '0');
  const digits = digitsOf(letter + written.slice(1));
  const check = digits.pop();
  const sum = digits.reduce((total, digit, at) => {
    const product = digit * (at % 2 === 0 ? 1 : 2);
    return total + (product > 9 ? product - 9 : product);
  }, 0);
  return sum % 10 === check;
}

/** German pension insurance number. */
export function pension(written: string): boolean {
  const letter = String(written.charCodeAt(8) - 64).padStart(2, '0');
  const digits = digitsOf(written.slice(0, 8) + letter + written.slice(9));
  const check = digits.pop();
  const sum = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1].reduce((total, weight, at) => {
    const product = weight * (digits[at] ?? 0);
    return total + Math.floor(product / 10) + (product % 10);
  }, 0);
  return sum % 10 === check;
}

/** Finnish personal identity code. */
export function hetu(written: string): boolean {
  const number = Number(written.slice(0, 6) + written.slice(7, 10));
  return '0123456789ABCDEFHJKLMNPRSTUVWXY'[number % 31] === written.at(-1);
}
