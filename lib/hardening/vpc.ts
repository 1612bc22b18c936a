import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type CfnFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import type { Hardening } from '../hardening-config.ts';

/** What Lambda does in the name of a function that is in a network. EC2 lets no policy name the interfaces before they are there. */
const INTERFACES = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/** Puts a function into the subnets. The code of the function itself may not touch an interface. */
export function connect(node: IConstruct, vpc: NonNullable<Hardening['vpc']>): void {
  if (!(node instanceof LambdaFunction)) return;
  const { subnetIds, securityGroupIds } = vpc;
  (node.node.defaultChild as CfnFunction).vpcConfig = { subnetIds, securityGroupIds };
  node.addToRolePolicy(new PolicyStatement({ actions: INTERFACES, resources: ['*'] }));
}
