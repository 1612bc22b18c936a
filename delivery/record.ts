import * as z from 'zod';
import { type Aws, AwsRefusal } from '../cli/aws.ts';

/*
 * What was deployed to an environment, and what became of it: one parameter in its account. A rollback goes by it, and so does who asks
 * what should be there.
 */

const goodSchema = z.strictObject({
  commit: z.string(),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  key: z.string(),
  at: z.string(),
});

export type Good = z.output<typeof goodSchema>;

const recordSchema = z.strictObject({
  /** The digest of what was deployed last, or of what somebody began to deploy. */
  deployed: z.string().optional(),
  /** The newest first. */
  good: z.array(goodSchema),
  /** Taken back: `at` is when. No rollback comes to one of these by itself; `key` is there where it had been good. */
  bad: z.array(goodSchema.extend({ key: z.string().optional(), commit: z.string().optional() })),
});

export type Delivered = z.output<typeof recordSchema>;
export type Bad = Delivered['bad'][number];

/** A standard parameter holds 4,096 characters. */
const MOST_GOOD = 8;
const MOST_BAD = 6;

export const parameterOf = (environment: string): string => `/signalbox/${environment}/delivered`;

export async function readRecord(aws: Aws, environment: string): Promise<Delivered> {
  const found = await aws
    .json<{ Parameter: { Value: string } }>('ssm', 'GetParameter', { Name: parameterOf(environment) })
    .catch((error: unknown) => {
      if (error instanceof AwsRefusal && error.code === 'ParameterNotFound') return undefined;
      throw error;
    });
  if (!found) return { good: [], bad: [] };
  const value: unknown = JSON.parse(found.Parameter.Value);
  // As the first version wrote it: the good ones alone.
  return recordSchema.parse(Array.isArray(value) ? { good: value, bad: [] } : value);
}

export async function writeRecord(aws: Aws, environment: string, record: Delivered): Promise<void> {
  await aws.json('ssm', 'PutParameter', {
    ...{ Name: parameterOf(environment), Type: 'String', Overwrite: true },
    Value: JSON.stringify(record),
  });
}

/* How a record goes on. Pure: each gives the next one. */

/** @throws Error where it was taken back: it is deployed again by name, or not at all */
export function begun(record: Delivered, digest: string): Delivered {
  const bad = record.bad.find((one) => one.digest === digest);
  if (bad)
    throw new Error(
      `this assembly was taken back on ${bad.at}: deploy another commit${bad.key === undefined ? '' : `, or say 'rollback --to ${bad.commit}' where it was good after all`}`,
    );
  return { ...record, deployed: digest };
}

/** @throws Error where it is not what is deployed any more: then nobody has watched it */
export function keptAs(record: Delivered, good: Good): Delivered {
  const { deployed } = record;
  if (deployed !== undefined && deployed !== good.digest)
    throw new Error(
      `not kept as good: meanwhile another assembly was deployed (${deployed}), and this is ${good.digest}`,
    );
  const others = record.good.filter(({ digest }) => digest !== good.digest);
  return { ...record, deployed: good.digest, good: [good, ...others].slice(0, MOST_GOOD) };
}

/** Before its rollback: a rollback that dies does not forget what was bad. */
export function takenBack(record: Delivered, digest: string, at: string): Delivered {
  const had = record.good.find((one) => one.digest === digest);
  const known = record.bad.filter((one) => one.digest !== digest);
  return {
    ...record,
    good: record.good.filter((one) => one.digest !== digest),
    bad: [{ ...had, digest, at }, ...known].slice(0, MOST_BAD),
  };
}

/** After it: what is there again is the newest good one, since this is what the next one comes back to. */
export function backAt(record: Delivered, { key, commit = '', digest }: Good | Bad, at: string): Delivered {
  const good = record.good.filter((one) => one.digest !== digest);
  return {
    deployed: digest,
    good: [{ commit, digest, key: key ?? '', at }, ...good].slice(0, MOST_GOOD),
    bad: record.bad.filter((one) => one.digest !== digest),
  };
}
