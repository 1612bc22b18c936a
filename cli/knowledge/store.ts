import { stackName } from '../../lambdas/contract/names.ts';
import type { Current } from '../../lambdas/knowledge/collections.ts';
import { Index } from '../../lambdas/knowledge/index/open.ts';
import { collectionPrefix, currentKey, indexKey } from '../../lambdas/tables/object-keys.ts';
import { type Aws, AwsRefusal, elements } from '../aws.ts';
import { Unreachable, UsageError } from '../errors.ts';

/** As much of an account as a collection needs. */
export type Objects = Pick<Aws, 'object' | 'putObject' | 'objects' | 's3'>;

/** What lies in the bucket of a collection: the index that counts, and by which content it is told from another. */
export interface Stored {
  current: Current;
  etag: string;
  /** Undefined where it is gone, or of another version's format. */
  index: Index | undefined;
}

/** The bucket of an environment's collections. @throws Unreachable where it is not deployed */
export async function knowledgeBucket(aws: Aws, environment: string): Promise<string> {
  const StackName = stackName(environment, 'platform');
  const missing = new Unreachable(
    `the stack '${StackName}' has no bucket for knowledge in ${aws.region}: deploy this version first`,
  );
  const xml = await aws.cloudformation('DescribeStacks', { StackName }).catch((error: unknown) => {
    throw error instanceof AwsRefusal ? missing : error;
  });
  const part = xml.split('<member>').find((it) => it.includes('<OutputKey>KnowledgeBucket<')) ?? '';
  const [bucket] = elements(part, 'OutputValue');
  if (!bucket) throw missing;
  return bucket;
}

/** What counts now. */
export async function stored(aws: Objects, bucket: string, collection: string): Promise<Stored | undefined> {
  const found = await aws.object(bucket, currentKey(collection));
  if (!found) return undefined;
  const current = JSON.parse(found.bytes.toString()) as Current;
  const file = await aws.object(bucket, indexKey(collection, current.version));
  return { current, etag: found.etag, index: file && opened(file.bytes) };
}

function opened(bytes: Buffer): Index | undefined {
  try {
    return Index.open(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Puts an index there, and only then says that it counts: whoever is cut off has changed nothing that anybody reads.
 * @throws UsageError where another synchronisation was faster
 */
export async function store(
  aws: Objects,
  bucket: string,
  collection: string,
  { file, current, before }: { file: Buffer; current: Current; before: Stored | undefined },
): Promise<void> {
  await aws.putObject(bucket, indexKey(collection, current.version), new Uint8Array(file));
  const condition = before ? { 'if-match': before.etag } : { 'if-none-match': '*' };
  const written = await aws.putObject(
    ...([
      bucket,
      currentKey(collection),
      new TextEncoder().encode(JSON.stringify(current)),
      condition,
    ] as const),
  );
  if (!written)
    throw new UsageError(
      `'${collection}' was synchronised by somebody else meanwhile: look at what is there, and repeat the command`,
    );
  await tidy(aws, bucket, collection, [current.version, before?.current.version ?? '']);
}

/** The one before stays: a function may be about to load it. */
async function tidy(
  aws: Objects,
  bucket: string,
  collection: string,
  kept: readonly string[],
): Promise<void> {
  const keys = [currentKey(collection), ...kept.map((version) => indexKey(collection, version))];
  for (const { key } of await aws.objects(bucket, collectionPrefix(collection)))
    if (!keys.includes(key)) await aws.s3('DELETE', bucket, `/${key}`);
}
