import * as z from 'zod';
import { environmentName } from './environment-config.ts';

const certificate = z
  .string()
  .regex(
    /^arn:aws[\w-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
    'must be the ARN of a certificate of ACM',
  );

const options = z
  .strictObject({
    /** Data lies under a key of the environment's own, which the account can watch and withdraw. @default keys of AWS */
    customerKeys: z.boolean().default(false),
    /** Functions run in these subnets. They need a way out: a NAT gateway, or endpoints for all that they call. @default in none */
    vpc: z
      .strictObject({
        subnetIds: z.array(z.string().regex(/^subnet-[0-9a-f]{8,17}$/, 'must be the id of a subnet')).min(1),
        securityGroupIds: z
          .array(z.string().regex(/^sg-[0-9a-f]{8,17}$/, 'must be the id of a security group'))
          .min(1),
      })
      .optional(),
    /** The name under which API, pages and console are reached. @default a name of AWS */
    domain: z
      .strictObject({
        name: z
          .string()
          .regex(
            /^(?=.{4,200}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/,
            'must be a lower-case name such as "signalbox.example.com"',
          ),
        /** In the region of the stacks; with `edge` in us-east-1. */
        certificateArn: certificate,
      })
      .optional(),
    /** CloudFront with AWS WAF in front; the API takes nothing that did not come that way. @default callers reach the API itself */
    edge: z
      .strictObject({
        /** Requests from one address in five minutes; above it WAF answers 403. */
        requestsPerAddress: z.int().min(100).max(2_000_000).default(2000),
      })
      .optional(),
    /** The audit's copies are locked as in prod. @default in prod alone */
    objectLock: z.boolean().default(false),
  })
  .superRefine(({ domain, edge }, context) => {
    if (!domain || !edge || domain.certificateArn.includes(':acm:us-east-1:')) return;
    const message = 'must be a certificate in us-east-1: with `edge` CloudFront has the name';
    context.addIssue({ code: 'custom', path: ['domain', 'certificateArn'], message });
  });

export type Hardening = z.output<typeof options>;

/** What goes beyond the defaults, by environment. */
export const hardening = z.record(environmentName, options).default({});

/** What nobody asked for. */
export const PLAIN: Hardening = { customerKeys: false, objectLock: false };
