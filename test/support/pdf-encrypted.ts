import { createHash } from 'node:crypto';
import { line, pdfFile } from './pdf.ts';

/* PDFs under a password, as ISO 32000-1 section 7.6 has it: the standard handler, revision 2, RC4 with 40 bits. */

const PADDING = Buffer.from('28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a', 'hex');
const ID = Buffer.from('0123456789abcdef0123456789abcdef', 'hex');
const PERMISSIONS = -4;
const KEY_BYTES = 5;

/** A page with this text. Without a user's password it opens, and only what may be done with it is limited. */
export function encryptedPdf(text: string, user: string, owner = 'the owner'): Buffer {
  const byOwner = rc4(md5(padded(owner)).subarray(0, KEY_BYTES), padded(user));
  const allowed = Buffer.alloc(4);
  allowed.writeInt32LE(PERMISSIONS);
  const key = md5(padded(user), byOwner, allowed, ID).subarray(0, KEY_BYTES);
  const dictionary = `<</Filter/Standard/V 1/R 2/O<${byOwner.toString('hex')}>/U<${rc4(key, PADDING).toString('hex')}>/P ${PERMISSIONS}>>`;
  return pdfFile({
    pages: [line(text, 72, 720)],
    trailer: `/Encrypt ${dictionary}/ID[<${ID.toString('hex')}><${ID.toString('hex')}>]`,
    encrypt: (id, content) => {
      const salt = Buffer.from([id & 255, (id >> 8) & 255, (id >> 16) & 255, 0, 0]);
      return rc4(md5(key, salt).subarray(0, KEY_BYTES + 5), content);
    },
  });
}

const padded = (password: string) =>
  Buffer.concat([Buffer.from(password, 'latin1'), PADDING]).subarray(0, 32);

const md5 = (...parts: Uint8Array[]) => createHash('md5').update(Buffer.concat(parts)).digest();

/** Modern OpenSSL has it no more. */
function rc4(key: Uint8Array, content: Uint8Array): Buffer {
  const state = Uint8Array.from({ length: 256 }, (_, at) => at);
  const swap = (one: number, other: number) => {
    [state[one], state[other]] = [state[other] ?? 0, state[one] ?? 0];
  };
  for (let at = 0, other = 0; at < 256; at += 1) {
    other = (other + (state[at] ?? 0) + (key[at % key.length] ?? 0)) & 255;
    swap(at, other);
  }
  let [one, other] = [0, 0];
  return Buffer.from(content).map((byte) => {
    one = (one + 1) & 255;
    other = (other + (state[one] ?? 0)) & 255;
    swap(one, other);
    return byte ^ (state[((state[one] ?? 0) + (state[other] ?? 0)) & 255] ?? 0);
  }) as Buffer;
}
