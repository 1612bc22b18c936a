import { SecretValue, Validations } from 'aws-cdk-lib';
import { Secret, type SecretProps } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { secretName } from '../../lambdas/contract/names.ts';
import type { Foundation } from '../platform/foundation.ts';

/**
 * With a field's name, a random value under it; with an object, that, until a person fills it after the first
 * deploy.
 */
export function houseSecret(
  scope: Construct,
  { environment }: Foundation,
  configured: string,
  description: string,
  first: string | object,
): Secret {
  const value: Partial<SecretProps> =
    typeof first === 'string'
      ? {
          generateSecretString: {
            secretStringTemplate: '{}',
            generateStringKey: first,
            passwordLength: 48,
            excludePunctuation: true,
          },
        }
      : { secretStringValue: SecretValue.unsafePlainText(JSON.stringify(first)) };
  const secret = new Secret(scope, configured, {
    secretName: secretName(environment.name, configured),
    description,
    removalPolicy: environment.named,
    ...value,
  });
  Validations.of(secret).acknowledge({
    id: 'AwsSolutions-SMG4',
    reason:
      'it changes by hand: a rotation would break the other side, or the forms that approvers have open just then',
  });
  return secret;
}
