import { Construct } from 'constructs';
import { Handler } from '../../parts/handler.ts';
import { content, originals, roots } from '../../parts/uses/files.ts';
import { every, index, sharedKeys, table } from '../../parts/uses.ts';
import { retentionOf } from '../../retention.ts';
import { type Api, addRoutes } from '../api.ts';
import { BY_AUTOMATION, BY_CHAIN, type Data } from '../data.ts';
import type { Foundation } from '../foundation.ts';

/** Compares items with their receipts: a function of its own, as it alone reads every store of an item. It changes none. */
export class Verifying extends Construct {
  constructor(scope: Construct, foundation: Foundation, data: Data, api: Api) {
    super(scope, 'verifying');
    const { automations, config } = foundation;
    const sooner = automations.filter(({ retentionDays }) => retentionDays !== undefined);
    const kept = sooner.map((automation) => [automation.name, retentionOf(automation, config)]);
    const { itemDays, contentDays } = config.retention;
    const verify = new Handler(this, 'operate/verify', {
      foundation,
      description: 'tells whether items are what their receipts say',
      uses: [
        // Whose receipt is missing, the items of that time tell.
        table(data, 'ITEM_TABLE', every('GetItem'), index(BY_AUTOMATION)),
        table(data, 'APPROVAL_TABLE', every('GetItem')),
        table(data, 'RECEIPT_TABLE', every('Query'), index(BY_CHAIN)),
        // An export is put on record.
        table(data, 'AUDIT_TABLE', every('Query', 'PartiQLInsert')),
        content(data, '*', 'GetObject'),
        originals(data),
        roots(data, 'GetObject'),
        sharedKeys('CURSOR_KEYS', foundation.environment),
      ],
      tells: {
        ITEM_DAYS: String(itemDays),
        KEPT_DAYS: JSON.stringify({ '*': { itemDays, contentDays }, ...Object.fromEntries(kept) }),
      },
    });
    addRoutes(this, api, verify);
  }
}
