import { SignatureV4 } from '@smithy/signature-v4';
import { Sha256 } from '../bucket/sha256.ts';

/** Signs calls to a service with the function's own credentials. @param how what this service wants otherwise than others */
export function signerOf(
  service: string,
  how: { uriEscapePath?: boolean; applyChecksum?: boolean } = {},
): SignatureV4 {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION } = process.env;
  const credentials = {
    accessKeyId: AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: AWS_SECRET_ACCESS_KEY ?? '',
    ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
  };
  return new SignatureV4({
    ...{ service, region: AWS_REGION ?? 'us-east-1', credentials, sha256: Sha256 },
    ...how,
  });
}
