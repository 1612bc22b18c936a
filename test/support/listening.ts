import type { Server as HttpServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';

/**
 * Lets a server listen on a free port of 127.0.0.1, and says its URL. Linux may give one port to two processes that ask at the
 * same time, and refuses the second one only when it listens: that one asks again.
 */
export async function listening(server: Server | HttpServer): Promise<string> {
  // On a busy machine a client may take up a connection again that the server has just closed as idle, and gets no answer.
  if ('keepAliveTimeout' in server) server.keepAliveTimeout = 120_000;
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
