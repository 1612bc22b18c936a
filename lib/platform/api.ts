import { Duration, Stack, Tags, Validations } from 'aws-cdk-lib';
import {
  AuthorizerPayloadVersion,
  type CfnRoute,
  type CfnStage,
  HttpApi,
  HttpAuthorizer,
  HttpAuthorizerType,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  type IHttpApi,
  type IHttpRouteAuthorizer,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { vendedLog } from '../../lambdas/contract/names.ts';
import { Handler, LIGHT } from '../parts/handler.ts';
import type { Data } from './data.ts';
import type { Foundation } from './foundation.ts';

/** The HTTP API and its authorizer. Functions that answer hang their own routes on it, also from other stacks. */
export class Api extends Construct {
  readonly http: HttpApi;
  readonly authorizerId: string;
  /** Base of every address we give out. */
  readonly url: string;

  constructor(scope: Construct, foundation: Foundation, data: Data) {
    super(scope, 'api');
    const { config, stage } = foundation;
    this.http = new HttpApi(this, 'http', {
      apiName: `signalbox-${stage.name}`,
      description: 'Signalbox: post work, read results, decide',
    });
    for (const [name, value] of Object.entries(config.api.tags)) Tags.of(this.http).add(name, value);
    this.url = config.api.baseUrl ?? this.http.apiEndpoint;
    this.#logAccess(foundation);

    const authorize = new Handler(this, 'api/authorize', {
      foundation,
      description: 'names the caller of a request by its token',
      env: { CLIENTS_SECRET: data.clientsSecret.secretArn },
      memorySize: LIGHT,
      // API Gateway waits no longer than ten.
      timeout: Duration.seconds(8),
    });
    data.clientsSecret.grantRead(authorize);
    const authorizer = new HttpAuthorizer(this, 'authorizer', {
      httpApi: this.http,
      type: HttpAuthorizerType.LAMBDA,
      authorizerName: 'client-token',
      authorizerUri: `arn:${Stack.of(this).partition}:apigateway:${Stack.of(this).region}:lambda:path/2015-03-31/functions/${authorize.functionArn}/invocations`,
      payloadFormatVersion: AuthorizerPayloadVersion.VERSION_2_0,
      enableSimpleResponses: true,
      // No identity source: a request without a token must reach the door that answers it with a problem document.
      identitySource: [],
      resultsCacheTtl: Duration.seconds(0),
    });
    authorize.addPermission('api may ask', {
      principal: new ServicePrincipal('apigateway.amazonaws.com'),
      sourceArn: Stack.of(this).formatArn({
        service: 'execute-api',
        resource: this.http.apiId,
        resourceName: `authorizers/${authorizer.authorizerId}`,
      }),
    });
    this.authorizerId = authorizer.authorizerId;
  }

  #logAccess({ config, stage }: Foundation): void {
    const group = new LogGroup(this, 'access log', {
      logGroupName: vendedLog('apis', stage.name),
      retention: config.retention.logDays as RetentionDays,
      removalPolicy: stage.named,
    });
    const fields = {
      at: 'requestTime',
      route: 'routeKey',
      status: 'status',
      ms: 'responseLatency',
      requestId: 'requestId',
    };
    const stageResource = this.http.defaultStage?.node.defaultChild as CfnStage;
    // One client's flood, or a thousand wrong tokens, must not take every concurrent execution of the account.
    stageResource.defaultRouteSettings = {
      throttlingRateLimit: config.api.throttle.ratePerSecond,
      throttlingBurstLimit: config.api.throttle.burst,
    };
    stageResource.accessLogSettings = {
      destinationArn: group.logGroupArn,
      // The path of an approval link carries its secret in the query: only the route is logged.
      format: JSON.stringify(
        Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, `$context.${field}`])),
      ),
    };
  }
}

export interface Route {
  method: HttpMethod;
  path: string;
}

/** Routes of people get a throttle of their own: posts of clients cannot use it up. In the stack of the API alone. */
export function keepFree(api: Api, routes: readonly HttpRoute[], throttle: RouteThrottle): void {
  const stage = api.http.defaultStage?.node.defaultChild as CfnStage;
  const limits = { ThrottlingRateLimit: throttle.ratePerSecond, ThrottlingBurstLimit: throttle.burst };
  for (const route of routes) {
    const cfn = route.node.defaultChild as CfnRoute;
    stage.routeSettings = { ...(stage.routeSettings as object | undefined), [cfn.routeKey]: limits };
    // API Gateway refuses settings of a route that is not there yet.
    stage.addResourceDependency(cfn);
  }
}

interface RouteThrottle {
  ratePerSecond: number;
  burst: number;
}

/** Who may call: whom the authorizer names, or everybody, for the reason that is given. */
export type Access = { authorizer: IHttpRouteAuthorizer } | { open: string };

/** Hangs a function's routes on the API, from whichever stack. */
export function addRoutes(
  scope: Construct,
  http: HttpApi,
  fn: IFunction,
  routes: readonly Route[],
  access: Access,
): HttpRoute[] {
  const integration = new HttpLambdaIntegration(`${fn.node.id} integration`, fn);
  return routes.map(({ method, path }) => {
    const route = new HttpRoute(scope, `${method} ${path}`, {
      // Two optional fields of CDK's own class and interface differ by 'undefined'.
      httpApi: http as IHttpApi,
      integration,
      routeKey: HttpRouteKey.with(path, method),
      ...('authorizer' in access ? access : {}),
    });
    if ('open' in access)
      Validations.of(route).acknowledge({ id: 'AwsSolutions-APIG4', reason: access.open });
    return route;
  });
}

export function tokenAuthorizer(scope: Construct, authorizerId: string): IHttpRouteAuthorizer {
  return HttpAuthorizer.fromHttpAuthorizerAttributes(scope, 'client token', {
    authorizerId,
    authorizerType: 'CUSTOM',
  });
}

export { HttpMethod };
