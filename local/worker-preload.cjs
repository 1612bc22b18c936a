/*
 * Loaded into every worker of the emulator before its own program.
 *
 * The emulator waits 50 ms for a line of the log after each answer of a function; from one that has logged nothing it gets an
 * empty one.
 */
const { setPriority } = require('node:os');

const { stdout, stderr } = process;
const answer = stdout.write;
const log = stderr.write;
let logged = false;

stderr.write = (...args) => {
  logged = true;
  return log.apply(stderr, args);
};
// The worker sends what functions write here to stderr; itself it writes its answers.
stdout.write = (chunk, ...rest) => {
  if (!logged && String(chunk).startsWith('{"status":"ok"')) log.call(stderr, '\n');
  logged = false;
  return answer.call(stdout, chunk, ...rest);
};

// Whoever posts or reads waits for an answer, and what is in work can wait: it takes the processor that is left.
if (
  /^(?:process|act|record|operate)\/|^approve\/(?:ask|on-change|timekeeper)$/.test(process.env.SERVICE ?? '')
) {
  setPriority(10);
}
