/** Why a package is here. A test asks for a row for each direct dependency, and finds rows of none. */
export interface Purpose {
  /** What it is for. */
  does: string;
  /** Why it is no code of ours. */
  why: string;
}

const SDK = "AWS's own client: signing, retries and errors as AWS means them";
const MCP = 'the protocol moves faster than we would follow';

export const PURPOSES: Readonly<Record<string, Purpose>> = {
  '@aws-lambda-powertools/batch': {
    does: 'one failing message of a batch comes again alone',
    why: "AWS's own, with its edge cases known",
  },
  '@aws-lambda-powertools/logger': {
    does: 'log lines as JSON',
    why: 'fields and levels as other tools of AWS read them',
  },
  '@aws-lambda-powertools/metrics': {
    does: 'metrics in log lines',
    why: 'the embedded format has limits that it keeps',
  },
  '@aws-sdk/client-dynamodb': { does: 'tables', why: SDK },
  '@aws-sdk/client-eventbridge': { does: 'events, and the connector for them', why: SDK },
  '@aws-sdk/client-secrets-manager': { does: 'secrets', why: SDK },
  '@aws-sdk/client-sesv2': { does: 'mails', why: SDK },
  '@aws-sdk/client-sfn': { does: 'runs that wait for a person', why: SDK },
  '@aws-sdk/client-sqs': { does: 'queues', why: SDK },
  '@aws-sdk/lib-dynamodb': { does: 'rows as plain objects', why: SDK },
  '@aws-sdk/util-dynamodb': { does: 'rows of a stream as plain objects', why: SDK },
  '@biomejs/biome': { does: 'format and lint', why: 'a compiler’s worth of rules' },
  '@cloud-copilot/iam-simulate': {
    does: 'tests put each call to AWS to the policies of its role',
    why: 'the emulator checks no rights; rules of IAM evaluation are many',
  },
  '@embedpdf/pdfium': {
    does: 'text and pictures of PDF pages, in WebAssembly',
    why: 'PDF is too large and too hostile a format to read with code of ours',
  },
  '@modelcontextprotocol/client': { does: 'tests talk to the MCP door as an agent does', why: MCP },
  '@modelcontextprotocol/conformance': {
    does: 'the conformance suite of the MCP door',
    why: 'a judge that is not us',
  },
  '@modelcontextprotocol/server': { does: 'the API as tools for agents', why: MCP },
  '@oazapfts/runtime': {
    does: 'what the client needs that a test generates from the OpenAPI description',
    why: 'it comes with `oazapfts`',
  },
  '@redocly/openapi-core': { does: 'lints the OpenAPI description', why: 'a judge that is not us' },
  '@smithy/node-http-handler': {
    does: 'connections to AWS that are kept open',
    why: 'part of the SDK; we set its limits',
  },
  '@smithy/signature-v4': {
    does: 'signs calls to S3, and to sources and destinations with SigV4',
    why: 'a signature is no place for code of ours',
  },
  '@sparticuz/chromium': {
    does: 'the browser of tests and screenshots',
    why: 'a browser that comes with the packages, without another download',
  },
  '@tesseract.js-data/eng': {
    does: 'what OCR knows of English',
    why: 'trained data',
  },
  '@types/aws-lambda': { does: 'types of events', why: 'AWS publishes none in its SDK' },
  '@types/node': { does: 'types of Node.js', why: 'the compiler asks for them' },
  'aws-cdk': { does: 'deploys', why: 'the tool that CDK applications are deployed with' },
  'aws-cdk-lib': { does: 'the stacks', why: 'the library that they are written with' },
  aws4fetch: {
    does: 'signs calls to AWS of the command line and the local engine',
    why: 'one signer in place of an SDK client for each of eight services',
  },
  'axe-core': { does: 'tests of the pages’ accessibility', why: 'a judge that is not us' },
  'cdk-nag': { does: 'rules of AWS Solutions over the stacks', why: 'a judge that is not us' },
  constructs: { does: 'the base class of constructs', why: 'the CDK asks for it' },
  esbuild: { does: 'bundles functions', why: 'a bundler is a compiler' },
  'fast-check': { does: 'tests by property', why: 'finding the smallest failing case is hard to do well' },
  hono: {
    does: 'routes of the approval page, the console and the API’s description',
    why: 'routing, cookies and escaping, small and without dependencies',
  },
  htmlparser2: {
    does: 'text of HTML mails and documents',
    why: 'HTML as it is found in mails takes a tolerant parser',
  },
  jsonata: { does: 'tests evaluate every expression of the state machine', why: 'the language is not ours' },
  jsonrepair: {
    does: 'repairs what a model wrote as JSON',
    why: 'many ways to be wrong, found by others already',
  },
  node: { does: 'the Node.js of the Lambdas, on any machine', why: 'the runtime' },
  oauth4webapi: {
    does: 'sign-in with an OpenID Connect provider',
    why: 'a protocol with attacks of its own; certified, without dependencies',
  },
  oazapfts: { does: 'a test generates a typed client of the API', why: 'proves the description by its use' },
  openai: {
    does: 'the wire client of model servers',
    why: 'errors and time-outs as those servers mean them',
  },
  'playwright-core': { does: 'drives the browser of tests', why: 'a browser’s protocol is large' },
  'postal-mime': {
    does: 'parses mails',
    why: 'MIME as it is found in mailboxes; no dependencies',
  },
  'tesseract.js-core': {
    does: 'OCR, in WebAssembly',
    why: 'recognition of characters is a field of its own',
  },
  typescript: { does: 'checks types', why: 'the language' },
  vitest: { does: 'runs tests', why: 'watch mode, projects, mocks of modules' },
  zod: {
    does: 'schemas: of bodies, answers of models, configuration',
    why: 'types and checks from one text; JSON Schema for models',
  },
};
