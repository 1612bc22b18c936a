import type { Doors } from '../../lambdas/contract/intake/doors.ts';
import { messageOf } from '../../lambdas/contract/intake/message.ts';
import { type Lead, schema } from './request.ts';

/** What the mail and the maker of the form call a request. What has another shape is put before a person as it came. */
export const doors: Doors<Lead> = {
  mail: { body: messageOf },
  webhooks: {
    // The maker of the form signs each call (Standard Webhooks), and sends the fields as they are.
    form: { scheme: { kind: 'standard' }, body: ({ payload }) => schema.parse(payload) },
  },
};
