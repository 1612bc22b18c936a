import { expect, it } from 'vitest';
import { ofType, property, synthesise, text } from '../../support/synth.ts';

it('the stacks have a secret per endpoint and one probe, and tell a processor no address of them', async () => {
  const app = await synthesise('dev');
  const names = ofType(app, 'AWS::SecretsManager::Secret').map((it) => property(it, 'Name'));
  expect(names.filter((name) => String(name).startsWith('signalbox/dev/endpoints/'))).toEqual([
    'signalbox/dev/endpoints/openai',
  ]);
  const functions = ofType(app, 'AWS::Lambda::Function');
  const probes = functions.filter((fn) => /operate--probe/.test(fn.path));
  expect(probes.map((fn) => [fn.stack, property(fn, 'Timeout')])).toEqual([['platform', 120]]);
  for (const fn of functions) expect(text(property(fn, 'Environment'))).not.toContain('api.openai.com');
  const routes = ofType(app, 'AWS::ApiGatewayV2::Route');
  const ours = routes.filter((route) => /endpoints/.test(String(property(route, 'RouteKey'))));
  expect(ours.map((route) => [property(route, 'RouteKey'), property(route, 'AuthorizationType')])).toEqual([
    ['GET /v1/endpoints', 'CUSTOM'],
    ['POST /v1/endpoints/probe', 'CUSTOM'],
  ]);
});
