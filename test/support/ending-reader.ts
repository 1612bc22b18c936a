/* A reader that takes its order, says so, and ends over it. */

process.once('message', () => process.send?.({ kind: 'begun' }, () => process.exit(1)));
