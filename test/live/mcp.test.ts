import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, describe, expect, it } from 'vitest';
import { callsFor, fresh, outputs, REFUND, reaches } from '../support/app.ts';
import { conformance } from '../support/conformance.ts';

const url = `${outputs.apiUrl.replace(/\/$/, '')}/mcp`;

let client: Client | undefined;
afterEach(() => client?.close());

async function connect(mode: 'legacy' | 'auto', token = outputs.clientToken): Promise<Client> {
  client = new Client({ name: 'signalbox-test', version: '1' }, { versionNegotiation: { mode } });
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
  return client;
}

describe('the deployed API as tools', () => {
  it('passes the public conformance suite, through a server that adds the token', async () => {
    const runs = await conformance(({ method, headers, body }) => {
      headers.set('authorization', `Bearer ${outputs.clientToken}`);
      return fetch(url, { method, headers, ...(method === 'POST' ? { body: new Uint8Array(body) } : {}) });
    });
    console.log(runs.map(({ printed }) => printed).join('\n'));
    expect(runs.filter(({ passed }) => !passed).map(({ scenario }) => scenario)).toEqual([]);
  });

  it.each(['legacy', 'auto'] as const)(
    'the public client lists the tools, lets a small refund act and reads it: %s',
    async (mode) => {
      const connected = await connect(mode);
      const { tools } = await connected.listTools();
      const names = tools.map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining([...outputs.automations, 'get_item', 'upload_document']));

      const { orderId, ...rest } = fresh(REFUND.small);
      const posted = await connected.callTool({ name: 'refund-request', arguments: { orderId, ...rest } });
      expect(posted.isError, JSON.stringify(posted.content)).toBeFalsy();
      const { id } = posted.structuredContent as { id: string };
      await reaches(id, 'done');
      const read = await connected.callTool({ name: 'get_item', arguments: { id, wait: 5 } });
      expect(read.structuredContent).toMatchObject({ id, status: 'done', verdict: 'act' });
      expect(await callsFor('refund-ledger', id)).toHaveLength(1);

      const again = await connected.callTool({ name: 'refund-request', arguments: { orderId, ...rest } });
      expect(again.structuredContent).toMatchObject({ id, duplicate: true });
    },
  );

  it('answers pending with the id where a person is asked, and waits for nobody', async () => {
    const connected = await connect('auto');
    const posted = await connected.callTool({ name: 'refund-request', arguments: fresh(REFUND.large) });
    const { id } = posted.structuredContent as { id: string };
    await reaches(id, 'waiting_approval');
    const read = await connected.callTool({ name: 'get_item', arguments: { id } });
    expect(read.structuredContent).toMatchObject({ id, status: 'pending', approval: { status: 'pending' } });
    expect(await callsFor('refund-ledger', id)).toEqual([]);
  });

  it('says of wrong arguments which field is wrong, as an error of the tool', async () => {
    const connected = await connect('auto');
    const { isError, content } = await connected.callTool({
      ...{ name: 'refund-request', arguments: { ...fresh(REFUND.small), amount: 'a lot' } },
    });
    expect([isError, JSON.stringify(content)]).toEqual([true, expect.stringContaining('/amount: ')]);
  });

  it('wants a token, and takes POST alone', async () => {
    await expect(connect('legacy', 'no-such-token-anywhere')).rejects.toThrow();
    const token = { authorization: `Bearer ${outputs.clientToken}` };
    const statuses = ['GET', 'DELETE'].map(
      async (method) => (await fetch(url, { method, headers: token })).status,
    );
    expect(await Promise.all(statuses)).toEqual([405, 405]);
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(401);
  });
});
