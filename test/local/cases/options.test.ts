import { expect, it } from 'vitest';
import { readOptions, USAGE } from '../../../local/cases/options.ts';

it('says every option that it takes', () => {
  const named = [...USAGE.matchAll(/^ {2}--([\w-]+)/gm)].map(([, name]) => name);
  for (const name of named) {
    const value = /^ {2}--[\w-]+ [A-Z]/m.test(USAGE.slice(USAGE.indexOf(`  --${name}`)).split('\n')[0] ?? '');
    const text = { prompt: 'route=v2', case: 'x', from: 'x' }[name as string] ?? '1';
    const of = name === 'changed' ? [] : ['refund-request', '--prompt', 'route=v2'];
    const argv = [...of, `--${name}`, ...(value ? [text] : [])];
    expect(() => readOptions(argv), name).not.toThrow();
  }
});

it('takes a version of a prompt with or without the name of its step', () => {
  const { prompts } = readOptions(['a', '--prompt', 'route=v2', '--prompt', 'reply=reply.v12']);
  expect(prompts).toEqual({ route: 'route.v2', reply: 'reply.v12' });
});

it.each([
  [['a', 'b'], "unexpected argument 'b'"],
  [['--nope'], "Unknown option '--nope'"],
  [['--prompt', 'route=v2'], '--prompt needs the name of an automation before it'],
  [['--from', 'x'], '--from needs the name of an automation before it'],
  [['a', '--changed', 'main'], "leave 'a' out, or --changed"],
  [['a', '--compare'], '--compare needs --prompt'],
  [['a', '--prompt', 'route=2'], "--prompt must be like route=v2, got 'route=2'"],
  [['a', '--prompt', 'route=reply.v2'], '--prompt must be like route=v2'],
  [['a', '--prompt', '../../x=v1'], '--prompt must be like route=v2'],
  [['--repeat', '0'], "--repeat must be a whole number from 1 to 50, got '0'"],
  [['--repeat', '1.5'], '--repeat must be a whole number'],
  [['--least', '1.1'], '--least must be a number from 0 to 1'],
  [['--most-usd', 'all'], "--most-usd must be a number from 0 to 1000, got 'all'"],
])('refuses %j by what is wrong', (argv, fault) => expect(() => readOptions(argv)).toThrow(fault));
