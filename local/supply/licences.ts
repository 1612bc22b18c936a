/**
 * Licences under which a package may be deployed, or stand in a bundle: they ask for attribution, and for nothing of what it is
 * deployed with. Whoever adds one says why here.
 */
const DEPLOYABLE = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0'];

/** `MIT OR GPL-3.0-or-later` may be deployed, as one may choose; `MIT AND GPL-3.0-or-later` may not. */
export function mayBeDeployed(licence: string | undefined): boolean {
  if (!licence) return false;
  return licence
    .replaceAll(/[()]/g, ' ')
    .split(/\sOR\s/)
    .some((choice) => choice.split(/\sAND\s/).every((one) => DEPLOYABLE.includes(one.trim())));
}
