import { Agent, request } from 'node:http';

/* Posts over connections that stay open, as a service of the shop would. */

export interface Answer {
  status: number;
  body: string;
  /** From the first byte sent to the last one received. */
  ms: number;
}

export interface Poster {
  post(body: object): Promise<Answer>;
  close(): void;
}

export function poster(url: string, connections: number, headers: () => Record<string, string>): Poster {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const post = (body: object) =>
    new Promise<Answer>((resolve, reject) => {
      const text = JSON.stringify(body);
      const at = performance.now();
      const call = request(
        url,
        {
          agent,
          method: 'POST',
          headers: {
            ...headers(),
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(text),
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              body: Buffer.concat(chunks).toString(),
              ms: performance.now() - at,
            }),
          );
        },
      );
      call.on('error', reject);
      call.end(text);
    });
  return { post, close: () => agent.destroy() };
}

/** As many at a time until all are made; the results in no order. */
export async function inParallel<T>(
  count: number,
  atATime: number,
  one: (number: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  let taken = 0;
  const worker = async () => {
    while (taken < count) {
      taken += 1;
      results.push(await one(taken));
    }
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  return results;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export const seconds = (count: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, count * 1000));
