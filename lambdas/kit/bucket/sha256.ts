import { createHash, createHmac } from 'node:crypto';

type Hash = Pick<ReturnType<typeof createHmac>, 'update' | 'digest'>;
type Hashed = Parameters<Hash['update']>[0];

/** SHA-256 as the signer of the AWS SDK wants it: with a key, or without. */
export class Sha256 {
  #hash: Hash;
  readonly #key: Hashed | undefined;
  constructor(key?: unknown) {
    this.#key = key as Hashed | undefined;
    this.#hash = this.#begun();
  }
  #begun(): Hash {
    return this.#key === undefined ? createHash('sha256') : createHmac('sha256', this.#key);
  }
  update(data: unknown): void {
    this.#hash.update(data as Hashed);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {
    this.#hash = this.#begun();
  }
}
