import { declarationOf } from '@bundled/declared';
import { endpoints } from '@bundled/endpoints';
import { neighbours } from '@bundled/neighbours';
import { registry } from '@bundled/registry';
import { readEnv } from '../kit/env.ts';
import { apiHandler } from '../kit/http.ts';
import { answer } from './commands.ts';

const env = readEnv('operate/commands');
const models = endpoints.flatMap(({ name: endpoint, models: offers }) =>
  offers.filter(({ kind }) => kind === 'chat').map(({ name }) => ({ endpoint, name })),
);

export const handler = apiHandler((event, caller) =>
  answer(event, caller, registry, env, neighbours, declarationOf, models),
);
