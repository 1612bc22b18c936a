/*
 * Loaded into every worker of the emulator before its own program. It says where the log of an invocation ends, or the
 * emulator would wait for more of it (`run-ministack.py`).
 */
const { setPriority } = require('node:os');

// All that it calls goes another way, where a run is to meet faults.
if (process.env.SIGNALBOX_WIRE) require('./chaos/worker.cjs');

const { stdout, stderr } = process;
const answer = stdout.write;

// The worker sends what functions write here to stderr; itself it writes its answers.
stdout.write = (chunk, ...rest) => {
  if (/^\{"status":"(?:ok|error)"/.test(chunk)) stderr.write('\u0004\n');
  return answer.call(stdout, chunk, ...rest);
};

// Whoever posts or reads waits for an answer, and what is in work can wait: it takes the processor that is left.
if (
  /^(?:process|act|record|operate)\/|^approve\/(?:ask|on-change|timekeeper)$/.test(process.env.SERVICE ?? '')
) {
  setPriority(10);
}
