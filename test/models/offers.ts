import type { Endpoint, ModelOffer } from '../../lambdas/contract/endpoint.ts';

export function offer(fields: Partial<ModelOffer> = {}): ModelOffer {
  return {
    name: 'luna',
    kind: 'chat',
    tier: 'small',
    inputUsdPerMillion: 0.1,
    cachedUsdPerMillion: 0.01,
    outputUsdPerMillion: 0.5,
    pricedAt: '2026-11-20',
    maxOutputTokens: 1200,
    contextTokens: 128_000,
    ...fields,
  };
}

export function endpoint(name: string, models: ModelOffer[], fields: Partial<Endpoint> = {}): Endpoint {
  return {
    kind: 'endpoint',
    name,
    baseUrl: 'http://127.0.0.1:9/v1',
    secret: `signalbox/endpoints/${name}`,
    timeoutSeconds: 5,
    residency: 'us',
    capabilities: {},
    models,
    ...fields,
  };
}
