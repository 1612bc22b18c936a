import '#start';

/* For automations that replace personal data: the recogniser with its names. One module, as `models/agent/seldom.ts` says. */
export { learnNames } from './named.ts';
export { recognise } from './names/names.ts';
export { forOutside } from './outside.ts';
export { plain } from './plain.ts';
export { Vault } from './vault.ts';
