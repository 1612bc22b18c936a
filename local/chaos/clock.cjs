/*
 * Moves the clock of a function in the middle of its work: by as many milliseconds as a file says beside its name. What counts time
 * without a clock (`setTimeout`, `performance`) goes on as it does.
 */
const { readFileSync } = require('node:fs');

const { SIGNALBOX_CLOCKS, SERVICE = 'another' } = process.env;
const LOOK_MS = 50;

const real = Date.now.bind(Date);
let looked = 0;
let moved = 0;

function movedBy() {
  try {
    return JSON.parse(readFileSync(SIGNALBOX_CLOCKS, 'utf8'))[SERVICE] ?? 0;
  } catch {
    // Nobody has moved a clock yet.
    return 0;
  }
}

Date.now = () => {
  const now = real();
  if (now - looked > LOOK_MS) {
    looked = now;
    moved = movedBy();
  }
  return now + moved;
};

globalThis.Date = new Proxy(Date, {
  construct: (target, given, as) => Reflect.construct(target, given.length > 0 ? given : [target.now()], as),
  apply: (target) => new target(target.now()).toString(),
});
