import { CfnOutput } from 'aws-cdk-lib';
import { type CfnApi, CfnApiMapping, CfnDomainName, type HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Construct } from 'constructs';
import type { Hardening } from '../hardening-config.ts';

/** A name of its own for the API, which is then reached by no other. Whoever has the zone of the name points it at the output. */
export function namedApi(
  scope: Construct,
  http: HttpApi,
  { name, certificateArn }: NonNullable<Hardening['domain']>,
): string {
  const domain = new CfnDomainName(scope, 'domain', {
    domainName: name,
    domainNameConfigurations: [{ certificateArn, endpointType: 'REGIONAL', securityPolicy: 'TLS_1_2' }],
  });
  const stage = http.defaultStage;
  if (!stage) throw new Error('the API has no stage');
  new CfnApiMapping(scope, 'domain mapping', {
    apiId: http.apiId,
    domainName: domain.ref,
    stage: stage.stageName,
  });
  (http.node.defaultChild as CfnApi).disableExecuteApiEndpoint = true;
  new CfnOutput(scope, 'DomainTarget', {
    value: domain.attrRegionalDomainName,
    description: `Point ${name} here: a CNAME, or an alias of Route 53`,
  });
  return `https://${name}`;
}
