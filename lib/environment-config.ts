import * as z from 'zod';

/** What `--context stage` names. */
export const environmentName = z
  .string()
  .regex(/^[a-z][a-z0-9]{0,9}$/, 'must be 1 to 10 lower-case letters or digits');

/** The account of the local engine. AWS gives it to nobody. */
export const EMULATED = '000000000000';

const pin = z.strictObject({
  account: z.string().regex(/^\d{12}$/, 'must be the 12 digits of an AWS account'),
  region: z.string().regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'must be a region such as "eu-central-1"'),
  /** Name of the policy beyond which no role of the stacks may go; it is there before the first deploy (`docs/delivery.md`). */
  permissionsBoundary: z
    .string()
    .regex(/^[\w+=,.@-]{1,128}$/, 'must be the name of a policy')
    .optional(),
});

export type Pin = z.output<typeof pin>;

/** Where environments are, by name. */
export const environments = z.record(environmentName, pin).default({});

/**
 * Holds the credentials at hand against where an environment is.
 * @param account of the credentials; undefined where there are none, and nothing can be deployed
 * @throws Error that names both
 */
export function checkPin(environment: string, pinned: Pin | undefined, account: string | undefined): void {
  if (!pinned || account === undefined || account === '' || account === pinned.account) return;
  throw new Error(
    `'${environment}' is in account ${pinned.account}, and these credentials are of ${account}: take others, or change 'environments.${environment}'`,
  );
}
