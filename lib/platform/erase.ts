import { Construct } from 'constructs';
import { itemIds, kindOf } from '../../lambdas/tables/keys.ts';
import { Handler } from '../parts/handler.ts';
import { removesContent, removesFiles } from '../parts/uses/files.ts';
import { changes, every, index, rows, secret, sharedKeys, table } from '../parts/uses.ts';
import { type Api, addRoutes } from './api.ts';
import { BY_ITEM, type Data } from './data.ts';
import type { Foundation } from './foundation.ts';
import { OF_APPROVAL, OF_ITEM } from './operate.ts';

/** What erasing changes in an item's row beside what taking it back does, and in an approval. It decides nothing. */
const ALSO_OF_ITEM = [
  'erasedAt',
  'documents',
  'reference',
  'callbackUrl',
  'proposalKey',
  'early',
  'tokenBook',
];
const ALSO_OF_APPROVAL = ['facts', 'asked', 'comment', 'edits', 'passing'];

/** Removes what is kept of a person: a function of its own, as no other may remove what it does not own. */
export class Erasing extends Construct {
  constructor(scope: Construct, foundation: Foundation, data: Data, api: Api) {
    super(scope, 'erasing');
    const kept = (['step', 'cache', 'embed', 'upload', 'duplicate', 'hint'] as const).map((kind) =>
      kindOf('*', kind),
    );
    const erase = new Handler(this, 'operate/erase', {
      foundation,
      description: "removes what is kept of a person's items",
      uses: [
        table(data, 'SUBJECT_TABLE', rows([kindOf('*', 'subject')], 'Query', 'DeleteItem')),
        table(data, 'ITEM_TABLE', every('GetItem'), changes([...OF_ITEM, ...ALSO_OF_ITEM])),
        table(data, 'APPROVAL_TABLE', every('GetItem'), changes([...OF_APPROVAL, ...ALSO_OF_APPROVAL])),
        // Each erasure is put on record before it begins.
        table(data, 'AUDIT_TABLE', every('PartiQLInsert')),
        table(
          data,
          'IDEMPOTENCY_TABLE',
          index(BY_ITEM, [itemIds('*')]),
          rows(kept, 'DeleteItem'),
          rows([kindOf('*', 'upload')], 'GetItem'),
        ),
        // What was counted for an item that is taken back is given back.
        table(
          data,
          'CONTROL_TABLE',
          rows([kindOf('*', 'limit')], 'GetItem', 'BatchGetItem', 'UpdateItem', 'DeleteItem'),
        ),
        removesContent(data),
        removesFiles(data),
        secret('SUBJECT_SECRET', data.subjectSecret),
        sharedKeys('CURSOR_KEYS', foundation.environment),
      ],
      tells: { ITEM_DAYS: String(foundation.config.retention.itemDays) },
    });
    addRoutes(this, api, erase);
  }
}
