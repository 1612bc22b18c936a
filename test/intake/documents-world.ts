import type { Automation } from '../../lambdas/contract/automation.ts';
import { postItem } from '../../lambdas/intake/doors/api.ts';
import { announceUpload } from '../../lambdas/intake/doors/upload.ts';
import { clock } from '../../lambdas/kit/clock.ts';
import { type Request, through } from '../support/api.ts';
import { automation, type Demo, ENV } from '../support/fixtures.ts';
import { world } from '../support/world.ts';

/* An automation that takes documents, and a client that uploads some. */

export const reading: Automation<Demo> = {
  ...automation,
  documents: { types: ['pdf', 'csv'], mostBytes: 1000, mostPages: 10, most: 3 },
};

export const PDF = { name: 'Rechnung 7.pdf', contentType: 'application/pdf', bytes: 4 };

export const announce = (body: unknown = PDF, given: Request = {}, of: Automation<Demo> = reading) =>
  through((event, caller) => announceUpload(event, caller, of as never, ENV), { ...given, body });

/** The bytes under the link of a reference: as S3 takes them, or otherwise. */
export function put(ref: unknown, bytes = '%PDF', contentType = 'application/pdf', name = 'demo'): void {
  const key = `uploads/uploads/${name}_upload/${ref}`;
  world.files.set(key, { bytes: Buffer.from(bytes), contentType, at: clock.now() });
}

/** A document that is there. */
export async function uploaded(given: Request = {}): Promise<string> {
  const { body } = await announce(PDF, given);
  put(body.documentRef);
  return String(body.documentRef);
}

export const post = (documents: unknown, given: Request = {}, of: Automation<Demo> = reading) =>
  through((event, caller) => postItem(event, caller, of as never, ENV), {
    ...given,
    body: { text: 'please pay', documents },
  });
