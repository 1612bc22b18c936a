import { afterAll, expect, it } from 'vitest';
import { fresh, outputs, REFUND } from '../support/app.ts';
import { CALLER, TypedClient } from '../support/typed-client.ts';

interface Caller {
  postAndRead(
    token: string,
    key: string,
    orderId: string,
  ): Promise<{
    posted: number;
    self?: string;
    found?: { id: string; status: string; automation: string };
    /** By the reference, and by the key. */
    ids?: string[][];
  }>;
}

let client: TypedClient | undefined;
afterAll(() => client?.remove());

it('a client generated from /openapi.json posts an item, reads it back and finds it, at the server that it names', async () => {
  const description = (await (await fetch(`${outputs.apiUrl}/openapi.json`)).json()) as {
    servers: { url: string }[];
  };
  expect(description.servers[0]?.url).toBe(outputs.apiUrl.replace(/\/$/, ''));
  client = new TypedClient(description);
  const { postAndRead } = await client.run<Caller>(CALLER);

  const { orderId } = fresh(REFUND.small);
  const { posted, self, found, ids } = await postAndRead(outputs.clientToken, crypto.randomUUID(), orderId);

  expect(posted).toBe(202);
  expect(found).toMatchObject({ automation: 'refund-request', status: expect.any(String) });
  expect(self).toBe(`/v1/items/${found?.id}`);
  expect(ids).toEqual([[found?.id], [found?.id]]);
  expect((await postAndRead('no-token', crypto.randomUUID(), orderId)).posted).toBe(401);
});
