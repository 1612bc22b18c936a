import { createServer } from 'node:http';

/* Answers what `bench:calls` sends, at once: a row, or the receipt of a message. */

const ROW = { id: { S: 'x' }, calls: { N: '1' }, status: { S: 'processing' } };
const ANSWERS: Record<string, object> = {
  GetItem: { Item: ROW },
  UpdateItem: { Attributes: ROW },
  // The MD5 of `{}`, which the SDK checks.
  SendMessage: { MessageId: '1', MD5OfMessageBody: '99914b932bd37a50b983c5e7c90ae93b' },
};

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(ANSWERS[operation] ?? {}));
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' ? address?.port : undefined);
});
