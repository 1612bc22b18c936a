import type { Bucket } from 'aws-cdk-lib/aws-s3';
import {
  collectionPrefix,
  editedBodyKey,
  FILES,
  originalKey,
  receiptSaltKey,
  rootKey,
  slice,
  surrogateFileKey,
} from '../../../lambdas/tables/keys.ts';
import type { Data } from '../../platform/data.ts';
import {
  grantArchive,
  grantContent,
  grantObjects,
  grantRemoval,
  type ObjectOperation,
} from '../permissions.ts';
import { NONE, type Use } from '../uses.ts';

/* Of the buckets: the variable that tells of a bucket, with the rights to what lies there. */

/** The content of items like `ids`: an automation's own, or those of all (`*`). */
export function content(
  data: Data,
  ids: string,
  ...operations: ('GetObject' | 'PutObject')[]
): Use<'CONTENT_BUCKET'> {
  const actions = operations.map((it) => `s3:${it}` as const);
  return {
    ...{ variable: 'CONTENT_BUCKET', value: data.content.bucketName },
    grant: (fn) => grantContent(fn, data.content, ids, ...actions),
  };
}

/** To put an input of an operator's beside what any item came with, and nothing in the place of anything. */
export function editedBodies({ content: bucket }: Data): Use<never> {
  return {
    ...{ variable: undefined, value: '' },
    grant: (fn) => grantObjects(fn, bucket, editedBodyKey('*', '*'), ['PutObject']),
  };
}

/** To write the files of an automation's surrogates, and no content of its items. */
export function surrogateFiles({ content: bucket }: Data, automation: string): Use<'CONTENT_BUCKET'> {
  return {
    ...{ variable: 'CONTENT_BUCKET', value: bucket.bucketName },
    grant: (fn) => grantObjects(fn, bucket, surrogateFileKey(automation, '*', '*'), ['PutObject']),
  };
}

/** To find and remove all content of an item, and all its files. */
export function removesContent({ content: bucket }: Data): Use<'CONTENT_BUCKET'> {
  return {
    ...{ variable: 'CONTENT_BUCKET', value: bucket.bucketName },
    grant: (fn) => grantRemoval(fn, bucket, ['items']),
  };
}

export function removesFiles({ uploads: bucket }: Data): Use<'UPLOAD_BUCKET'> {
  return {
    ...{ variable: 'UPLOAD_BUCKET', value: bucket.bucketName },
    grant: (fn) => grantRemoval(fn, bucket, [...FILES, 'uploads']),
  };
}

export type UploadRights = Readonly<
  Partial<Record<'uploads' | 'documents' | 'quarantine' | 'inbound', readonly ObjectOperation[]>>
>;

/**
 * The uploaded files of an automation, by what becomes of them: `uploads` until an item names them, `documents` while they are one's,
 * `quarantine` when they were refused. Nothing where it takes none.
 */
export function uploads(
  data: Data | undefined,
  automation: string,
  rights: UploadRights,
): Use<'UPLOAD_BUCKET'> {
  return {
    ...{ variable: 'UPLOAD_BUCKET', value: data?.uploads.bucketName ?? NONE },
    grant: (fn) => {
      for (const [prefix, operations] of Object.entries(rights))
        if (data) grantObjects(fn, data.uploads, `${prefix}/${slice(automation)}`, operations);
    },
  };
}

/** The indexes of collections that are synchronised; nothing where an automation declares none. */
export function knowledge(data: Data, collections: readonly string[]): Use<'KNOWLEDGE_BUCKET'> {
  return {
    ...{ variable: 'KNOWLEDGE_BUCKET', value: collections.length > 0 ? data.uploads.bucketName : NONE },
    grant: (fn) => {
      for (const name of collections)
        grantObjects(fn, data.uploads, `${collectionPrefix(name)}*`, ['GetObject']);
    },
  };
}

/** What came to an automation's door, below its own prefix; nothing where it has no such door. */
export function inbound<V extends 'MAIL_BUCKET' | 'DROP_BUCKET'>(
  variable: V,
  bucket: Bucket | undefined,
  automation: string,
): Use<V> {
  return {
    ...{ variable, value: bucket?.bucketName ?? NONE },
    grant: (fn) => {
      if (bucket) grantObjects(fn, bucket, `${automation}/*`, ['GetObject', 'DeleteObject']);
    },
  };
}

/** How the chains of receipts stood day by day, beside the copies of the audit, where nothing is written twice. */
export function roots(
  { auditArchive }: Data,
  ...operations: ('GetObject' | 'PutObject')[]
): Use<'AUDIT_BUCKET'> {
  return {
    ...{ variable: 'AUDIT_BUCKET', value: auditArchive.bucketName },
    grant: (fn) => grantObjects(fn, auditArchive, rootKey('*'), operations),
  };
}

/** To read the documents of any item as they came. */
export function originals({ uploads: bucket }: Data): Use<'UPLOAD_BUCKET'> {
  return {
    ...{ variable: 'UPLOAD_BUCKET', value: bucket.bucketName },
    grant: (fn) => grantObjects(fn, bucket, originalKey('*', '*'), ['GetObject']),
  };
}

/** To make the salt of an item's receipts, and nothing else of its content. */
export function receiptSalts({ content: bucket }: Data): Use<never> {
  return {
    ...{ variable: undefined, value: '' },
    grant: (fn) => grantObjects(fn, bucket, receiptSaltKey('*'), ['PutObject']),
  };
}

export function archive({ auditArchive }: Data): Use<'AUDIT_BUCKET'> {
  return {
    ...{ variable: 'AUDIT_BUCKET', value: auditArchive.bucketName },
    grant: (fn) => grantArchive(fn, auditArchive),
  };
}
