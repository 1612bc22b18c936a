/*
 * Loaded into every worker of a run that is to fail: all that it calls goes over the wire (`wire.ts`), which is told which process
 * and which function calls.
 */
const channels = require('node:diagnostics_channel');
require('./clock.cjs');

const { SIGNALBOX_WIRE, SERVICE = 'another' } = process.env;
process.env.AWS_ENDPOINT_URL = SIGNALBOX_WIRE;
const caller = `${process.pid} ${SERVICE}`;

channels.subscribe('http.client.request.created', ({ request }) => {
  if (!request.headersSent) request.setHeader('signalbox-worker', caller);
});
channels.subscribe('undici:request:create', ({ request }) => {
  request.addHeader('signalbox-worker', caller);
});
