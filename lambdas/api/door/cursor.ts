import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { byAnyKey, readKey } from '../../kit/signed/keys.ts';

/** What a cursor continues; one of another kind is none. */
export type CursorKind = 'items' | 'audit' | 'cases' | 'resume' | 'erase' | 'receipts' | 'judged';

/** Longer than any place: every cursor has the same length, whatever it stands for. */
const PLACE_LENGTH = 256;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Cursors of one caller and kind. A place may be that of a row which the caller may not see (where a page was cut): it is sealed, so that
 * nothing can be read from a cursor, none can be made, and none is good for another caller.
 */
export class Cursors {
  readonly #keys: string;
  readonly #bound: Buffer;
  constructor(keysId: string, caller: string, kind: CursorKind) {
    this.#keys = keysId;
    this.#bound = Buffer.from(`${kind}|${caller}`);
  }

  async seal(place: string): Promise<string> {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', cipherKey(await readKey(this.#keys)), iv).setAAD(
      this.#bound,
    );
    const sealed = Buffer.concat([cipher.update(place.padEnd(PLACE_LENGTH), 'utf8'), cipher.final()]);
    const cursor = Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
    // Behind an option of a command line, what begins with a dash is taken for an option.
    return cursor.startsWith('-') ? this.seal(place) : cursor;
  }

  /** The place that a cursor of ours stands for; undefined for anything else. */
  async open(cursor: string): Promise<string | undefined> {
    const bytes = Buffer.from(cursor, 'base64url');
    // Several texts decode to the same bytes: only the one that was given is a cursor.
    const given = bytes.toString('base64url') === cursor;
    if (!given || bytes.length !== IV_BYTES + TAG_BYTES + PLACE_LENGTH) return undefined;
    return byAnyKey(this.#keys, (key) => this.#opened(bytes, key));
  }

  #opened(bytes: Buffer, key: string): string | undefined {
    const [iv, tag] = [bytes.subarray(0, IV_BYTES), bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES)];
    const decipher = createDecipheriv('aes-256-gcm', cipherKey(key), iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(this.#bound).setAuthTag(tag);
    const opened = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8');
    try {
      return (opened + decipher.final('utf8')).trimEnd();
    } catch {
      return undefined;
    }
  }
}

function cipherKey(key: string): Buffer {
  return createHash('sha256').update(`cursors|${key}`).digest();
}
