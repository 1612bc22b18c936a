import { Construct } from 'constructs';
import { Handler } from '../parts/handler.ts';
import { type Api, addRoutes } from './api.ts';
import type { Foundation } from './foundation.ts';

/**
 * The API as tools of the Model Context Protocol. The function calls the API with the token of whoever calls it, and has no rights of
 * its own (ADR 0064).
 */
export class McpFunction extends Construct {
  constructor(scope: Construct, foundation: Foundation, api: Api) {
    super(scope, 'mcp');
    const mcp = new Handler(this, 'api/mcp', {
      foundation,
      description: 'the API as tools for agents, by the Model Context Protocol',
      uses: [],
      tells: { BASE_URL: api.url },
    });
    addRoutes(this, api, mcp);
  }
}
