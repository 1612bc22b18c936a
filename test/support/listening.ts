import type { AddressInfo, Server } from 'node:net';

/**
 * Lets a server listen on a free port of 127.0.0.1, and says its URL. Linux may give one port to two processes that ask at the
 * same time, and refuses the second one only when it listens: that one asks again.
 */
export async function listening(server: Server): Promise<string> {
  for (;;) {
    const refused = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      server.once('error', resolve);
      server.listen(0, '127.0.0.1', () => {
        server.off('error', resolve);
        resolve(undefined);
      });
    });
    if (!refused) return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    if (refused.code !== 'EADDRINUSE') throw refused;
  }
}
