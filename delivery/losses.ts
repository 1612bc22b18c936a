import { canonical, partOf, placeOf, type Resource, type Template, type Templates } from './templates.ts';

/*
 * What a deployment would lose. CloudFormation replaces a resource where one of these properties is another, and deletes what a
 * template has no more: rows, objects, keys and messages go with it, or stay behind where nobody finds them.
 */

interface Kept {
  /** What it is, for people. */
  what: string;
  /** A change of one makes another resource in its place. A test holds them against AWS's own list. */
  replacedBy: readonly string[];
  /** A change of one makes its content anew. */
  emptiedBy?: readonly string[];
}

export const KEPT: Readonly<Record<string, Kept>> = {
  'AWS::ApiGatewayV2::Api': { what: 'API', replacedBy: ['ProtocolType'] },
  'AWS::Cognito::UserPool': { what: 'user pool', replacedBy: [] },
  'AWS::DynamoDB::Table': {
    what: 'table',
    replacedBy: ['ImportSourceSpecification', 'KeySchema', 'TableName'],
  },
  'AWS::Events::EventBus': { what: 'event bus', replacedBy: ['EventSourceName', 'Name'] },
  'AWS::KMS::Key': {
    what: 'key',
    replacedBy: [],
    emptiedBy: ['KeySpec', 'KeyUsage', 'MultiRegion', 'Origin'],
  },
  'AWS::S3::Bucket': {
    what: 'bucket',
    replacedBy: ['BucketName', 'BucketNamePrefix', 'BucketNamespace', 'ObjectLockEnabled'],
  },
  'AWS::SQS::Queue': { what: 'queue', replacedBy: ['FifoQueue', 'QueueName'] },
  'AWS::SecretsManager::Secret': {
    what: 'secret',
    replacedBy: ['Name'],
    emptiedBy: ['GenerateSecretString', 'SecretString'],
  },
};

export interface Loss {
  /** What a commit must say for it to be done all the same: `platform/dataitemsC60B4BEB`. */
  key: string;
  stack: string;
  /** In words: `table data/items of Signalbox-prod-platform would be replaced: KeySchema differs`. */
  says: string;
  todo: string;
}

/** What goes from `before` to `after`, of the stacks that both have: a deployment deletes no stack. */
export function losses(before: Templates, after: Templates): Loss[] {
  return Object.entries(before).flatMap(([stack, template]) => {
    const next = after[stack];
    return next ? lossesOf(stack, template, next) : [];
  });
}

function lossesOf(stack: string, before: Template, after: Template): Loss[] {
  return Object.entries(before.Resources ?? {}).flatMap(([id, resource]): Loss[] => {
    const kept = KEPT[resource.Type];
    if (!kept) return [];
    const named = `${kept.what} ${placeOf(id, resource)} of ${stack}`;
    const loss = (says: string, todo: string): Loss[] => [
      { key: `${partOf(stack)}/${id}`, stack, says: `${named} ${says}`, todo },
    ];
    const next = after.Resources?.[id];
    if (!next || next.Type !== resource.Type) return gone(id, resource, next, loss);
    const other = (names: readonly string[]) =>
      names.filter((name) => canonical(resource.Properties?.[name]) !== canonical(next.Properties?.[name]));
    const replaced = other(kept.replacedBy);
    if (replaced.length > 0)
      return loss(
        `would be replaced by an empty one: ${replaced.join(', ')} ${replaced.length > 1 ? 'differ' : 'differs'}`,
        'leave it as it is, and add a second one beside it; move what it holds, then remove it in a later change',
      );
    const emptied = other(kept.emptiedBy ?? []);
    if (emptied.length === 0) return [];
    return loss(
      `would get another content: ${emptied.join(', ')} ${emptied.length > 1 ? 'differ' : 'differs'}`,
      'leave these properties as they are: a new value is put there by hand, or comes with a new one beside it',
    );
  });
}

function gone(
  id: string,
  { DeletionPolicy = 'Delete', Type }: Resource,
  next: Resource | undefined,
  loss: (says: string, todo: string) => Loss[],
): Loss[] {
  const stays = DeletionPolicy.startsWith('Retain');
  const says = next
    ? `would be replaced: '${id}' is a ${next.Type} now, and was a ${Type}`
    : stays
      ? 'would be left behind, where nothing uses it any more'
      : 'would be deleted with all that it holds';
  return loss(
    says,
    stays
      ? 'if it was renamed, give it its old place in the code; otherwise say what is done with what it holds'
      : 'if it was renamed, give it its old place in the code; otherwise empty it first',
  );
}

/** What `after` makes and going back would lose again: an automatic rollback stops before it. */
export function oneWay(before: Templates, after: Templates): Loss[] {
  return losses(after, before);
}
