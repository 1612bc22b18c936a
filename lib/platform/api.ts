import { Duration, Stack, Tags, Validations } from 'aws-cdk-lib';
import {
  AuthorizerPayloadVersion,
  type CfnRoute,
  type CfnStage,
  HttpApi,
  HttpAuthorizer,
  HttpAuthorizerType,
  type HttpMethod,
  HttpRoute,
  HttpRouteKey,
  type IHttpApi,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type Operation, partsOf, routesOf } from '../../lambdas/api/routes.ts';
import type { HandlerName } from '../../lambdas/contract/env.ts';
import { vendedLog } from '../../lambdas/contract/names.ts';
import { namedApi } from '../hardening/domain.ts';
import { edgeOf } from '../hardening/edge.ts';
import { Handler, LIGHT } from '../parts/handler.ts';
import { secret } from '../parts/uses.ts';
import type { Data } from './data.ts';
import type { Foundation } from './foundation.ts';

/**
 * The HTTP API and its authorizer. Functions that answer hang their own routes on it, also from other stacks.
 */
export class Api extends Construct {
  readonly http: HttpApi;
  readonly authorizerId: string;
  /** Base of every address we give out. */
  readonly url: string;
  /** Of each route of people. */
  readonly throttle: Throttle;
  /** Every request has to come by CloudFront, also to what is open to everybody: the authorizer looks. */
  readonly guarded: boolean;

  constructor(scope: Construct, foundation: Foundation, data: Data) {
    super(scope, 'api');
    const { config, environment, hardening } = foundation;
    this.http = new HttpApi(this, 'http', {
      apiName: `signalbox-${environment.name}`,
      description: 'Signalbox: post work, read results, decide',
    });
    for (const [name, value] of Object.entries(config.api.tags)) Tags.of(this.http).add(name, value);
    const edge = hardening.edge ? edgeOf(this, foundation, this.http) : undefined;
    const named = edge?.url ?? (hardening.domain && namedApi(this, this.http, hardening.domain));
    this.guarded = edge !== undefined;
    this.url = config.api.baseUrl ?? named ?? this.http.apiEndpoint;
    this.throttle = config.api.throttle;
    this.#logAccess(foundation);

    const authorize = new Handler(this, 'api/authorize', {
      foundation,
      description: 'names the caller of a request by its token',
      uses: [secret('CLIENTS_SECRET', data.clientsSecret), secret('EDGE_SECRET', edge?.secret)],
      memorySize: LIGHT,
      warm: config.warm.authorize,
      // API Gateway waits no longer than ten.
      timeout: Duration.seconds(8),
    });
    const authorizer = new HttpAuthorizer(this, 'authorizer', {
      httpApi: this.http,
      type: HttpAuthorizerType.LAMBDA,
      authorizerName: 'client-token',
      authorizerUri: `arn:${Stack.of(this).partition}:apigateway:${Stack.of(this).region}:lambda:path/2015-03-31/functions/${authorize.invoked.functionArn}/invocations`,
      payloadFormatVersion: AuthorizerPayloadVersion.VERSION_2_0,
      enableSimpleResponses: true,
      // No identity source: a request without a token must reach the door that answers it with a problem
      // document.
      identitySource: [],
      resultsCacheTtl: Duration.seconds(0),
    });
    authorize.invoked.addPermission('api may ask', {
      principal: new ServicePrincipal('apigateway.amazonaws.com'),
      sourceArn: Stack.of(this).formatArn({
        service: 'execute-api',
        resource: this.http.apiId,
        resourceName: `authorizers/${authorizer.authorizerId}`,
      }),
    });
    this.authorizerId = authorizer.authorizerId;
  }

  #logAccess({ config, environment }: Foundation): void {
    const group = new LogGroup(this, 'access log', {
      logGroupName: vendedLog('apis', environment.name),
      retention: config.retention.logDays as RetentionDays,
      removalPolicy: environment.named,
    });
    const fields = {
      at: 'requestTime',
      route: 'routeKey',
      status: 'status',
      ms: 'responseLatency',
      requestId: 'requestId',
    };
    const stageResource = this.http.defaultStage?.node.defaultChild as CfnStage;
    // One client's flood, or a thousand wrong tokens, must not take every concurrent execution of the
    // account.
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

interface Throttle {
  ratePerSecond: number;
  burst: number;
}

/** What of the API a function needs that hangs its routes on it. */
export type RoutedApi = Pick<Api, 'http' | 'authorizerId' | 'throttle' | 'guarded'>;

/**
 * Hangs a function's rows of the one table (`lambdas/api/routes.ts`) on the API, from whichever stack.
 * @param automation fills `{automation}` in the paths of an automation's own functions
 * @param without rows that it does not serve here
 */
export function addRoutes<H extends HandlerName>(
  scope: Construct,
  api: RoutedApi,
  fn: Handler<H>,
  automation = '',
  without: readonly Operation[] = [],
): void {
  const integration = new HttpLambdaIntegration(`${fn.node.id} integration`, fn.invoked);
  // Imported, and no construct: the authorizer is in the stack of the platform.
  const authorizer = { bind: () => ({ authorizerId: api.authorizerId, authorizationType: 'CUSTOM' }) };
  for (const row of routesOf(fn.handlerName).filter(({ operation }) => !without.includes(operation))) {
    const { method, path } = partsOf({ at: row.at.replace('{automation}', automation) as typeof row.at });
    const open = typeof row.who === 'object' ? row.who : undefined;
    const route = new HttpRoute(scope, `${method} ${path}`, {
      // Two optional fields of CDK's own class and interface differ by 'undefined'.
      httpApi: api.http as IHttpApi,
      integration,
      routeKey: HttpRouteKey.with(path, method as HttpMethod),
      ...(open && !api.guarded ? {} : { authorizer }),
    });
    if (open && !api.guarded)
      Validations.of(route).acknowledge({ id: 'AwsSolutions-APIG4', reason: open.reason });
    if (open?.people) keepFree(api, route);
  }
}

/**
 * Routes of people get a throttle of their own: posts of clients cannot use it up. In the stack of the API
 * alone.
 */
function keepFree({ http, throttle }: RoutedApi, route: HttpRoute): void {
  const stage = http.defaultStage?.node.defaultChild as CfnStage;
  const cfn = route.node.defaultChild as CfnRoute;
  const limits = { ThrottlingRateLimit: throttle.ratePerSecond, ThrottlingBurstLimit: throttle.burst };
  stage.routeSettings = { ...(stage.routeSettings as object | undefined), [cfn.routeKey]: limits };
  // API Gateway refuses settings of a route that is not there yet.
  stage.addResourceDependency(cfn);
}
