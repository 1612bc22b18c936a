import { CfnOutput, Fn, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import { EDGE_HEADER, EDGE_REGION, edgeStackName } from '../../lambdas/contract/names.ts';
import type { Hardening } from '../hardening-config.ts';
import { houseSecret } from '../parts/secret.ts';
import type { Foundation } from '../platform/foundation.ts';

const RULES = 'WebAclArn';

/** What is let through to CloudFront: rules of AWS for known attacks, and a rate for each address. */
export class EdgeStack extends Stack {
  constructor(scope: Construct, id: string, edge: NonNullable<Hardening['edge']>, props: StackProps) {
    super(scope, id, { ...props, description: 'Signalbox edge: rules of AWS WAF for CloudFront' });
    const seen = (metricName: string) => ({
      ...{ cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false },
      metricName,
    });
    const managed = (name: string, priority: number, counted: string[] = []) => ({
      ...{ name, priority, overrideAction: { none: {} }, visibilityConfig: seen(name) },
      statement: {
        managedRuleGroupStatement: {
          ...{ vendorName: 'AWS', name },
          ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
        },
      },
    });
    const rules = new CfnWebACL(this, 'rules', {
      scope: 'CLOUDFRONT',
      defaultAction: { allow: {} },
      visibilityConfig: seen('signalbox'),
      rules: [
        {
          ...{ name: 'rate', priority: 0, action: { block: {} }, visibilityConfig: seen('rate') },
          statement: { rateBasedStatement: { limit: edge.requestsPerAddress, aggregateKeyType: 'IP' } },
        },
        managed('AWSManagedRulesAmazonIpReputationList', 1),
        managed('AWSManagedRulesKnownBadInputsRuleSet', 2),
        // Items are strangers' words: mails with HTML, and bodies of up to a megabyte. They are counted; the house reads them as data.
        managed('AWSManagedRulesCommonRuleSet', 3, [
          'SizeRestrictions_BODY',
          'CrossSiteScripting_BODY',
          'GenericLFI_BODY',
          'GenericRFI_BODY',
          'EC2MetaDataSSRF_BODY',
          'NoUserAgent_HEADER',
        ]),
      ],
    });
    new CfnOutput(this, RULES, { value: rules.attrArn, description: 'Rules that CloudFront goes by' });
  }
}

export interface Edge {
  /** What CloudFront adds to each request, and nobody else knows. */
  secret: Secret;
  url: string;
}

/** CloudFront before the API: it keeps nothing, and adds the header that the API's authorizer asks of every request. */
export function edgeOf(scope: Construct, foundation: Foundation, http: HttpApi): Edge {
  const { environment, hardening } = foundation;
  const secret = houseSecret(
    scope,
    foundation,
    'signalbox/edge',
    'what CloudFront proves itself by',
    'value',
  );
  const { region, urlSuffix } = Stack.of(scope);
  const distribution = new Distribution(scope, 'edge', {
    comment: `Signalbox ${environment.name}`,
    webAclId: Fn.getStackOutput(edgeStackName(environment.name), RULES, EDGE_REGION),
    ...(hardening.domain
      ? {
          minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
          domainNames: [hardening.domain.name],
          certificate: Certificate.fromCertificateArn(
            scope,
            'edge certificate',
            hardening.domain.certificateArn,
          ),
        }
      : {}),
    defaultBehavior: {
      origin: new HttpOrigin(`${http.apiId}.execute-api.${region}.${urlSuffix}`, {
        protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
        customHeaders: { [EDGE_HEADER]: secret.secretValueFromJson('value').unsafeUnwrap() },
      }),
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
    },
  });
  Validations.of(distribution).acknowledge(
    {
      id: 'AwsSolutions-CFR1',
      reason: 'where callers may be is the business of whoever deploys, not of the product',
    },
    {
      id: 'AwsSolutions-CFR3',
      reason:
        'its log would hold the query of approval links, which is their secret; the API logs the route alone',
    },
  );
  if (!hardening.domain)
    Validations.of(distribution).acknowledge({
      id: 'AwsSolutions-CFR4',
      reason:
        'the certificate of a name of CloudFront is its own, and no minimum can be set there: use a domain',
    });
  new CfnOutput(scope, 'EdgeTarget', {
    value: distribution.distributionDomainName,
    description: 'Where CloudFront takes requests; point the domain here, where there is one',
  });
  return { secret, url: `https://${hardening.domain?.name ?? distribution.distributionDomainName}` };
}
