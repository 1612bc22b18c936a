import { fileURLToPath } from 'node:url';
import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { BUNDLING } from '../../lib/parts/bundling.ts';
import { THRESHOLD } from '../sort/automation.ts';

/*
 * What most teams would build for the work of `bench/sort/`: API, function, queue, function, a state machine with a function per step. No
 * repetition is recognised, nothing is counted, a worker that dies loses what it did: the price of that is what a bench compares.
 */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MODEL_URL = process.env.NAIVE_MODEL_URL ?? '';

const app = new App();
const stack = new Stack(app, 'Naive', { env: { account: '000000000000', region: 'us-east-1' } });
const queue = new Queue(stack, 'work', { visibilityTimeout: Duration.seconds(180) });
const questions = new Queue(stack, 'questions', { visibilityTimeout: Duration.seconds(180) });
const ledger = new Table(stack, 'ledger', {
  partitionKey: { name: 'id', type: AttributeType.STRING },
  billingMode: BillingMode.PAY_PER_REQUEST,
  removalPolicy: RemovalPolicy.DESTROY,
});

const accept = handler('accept', { QUEUE_URL: queue.queueUrl });
const classify = handler('classify', { MODEL_URL });
const record = handler('record', { TABLE: ledger.tableName });
const steps = new StateMachine(stack, 'steps', {
  definitionBody: DefinitionBody.fromString(definition()),
});
const start = handler('start', { STATE_MACHINE: steps.stateMachineArn });
queue.grantSendMessages(accept);
questions.grantSendMessages(steps);
classify.grantInvoke(steps);
record.grantInvoke(steps);
ledger.grantWriteData(record);
steps.grantStartExecution(start);
start.addEventSource(new SqsEventSource(queue, { batchSize: 10, maxConcurrency: 4, enabled: false }));
const api = new HttpApi(stack, 'api');
const integration = new HttpLambdaIntegration('accept', accept);
api.addRoutes({ path: '/items', methods: [HttpMethod.POST], integration });
new CfnOutput(stack, 'Api', { value: api.apiId });
app.synth();

function handler(name: string, environment: Record<string, string>): NodejsFunction {
  return new NodejsFunction(stack, name, {
    entry: `${ROOT}bench/naive/${name}.ts`,
    projectRoot: ROOT,
    depsLockFilePath: `${ROOT}package-lock.json`,
    runtime: Runtime.NODEJS_24_X,
    memorySize: 512,
    timeout: Duration.seconds(30),
    environment,
    bundling: {
      format: OutputFormat.ESM,
      target: BUNDLING.target,
      minify: true,
      mainFields: BUNDLING.mainFields,
      externalModules: BUNDLING.external,
    },
  });
}

/** In JSONPath, as most of them are. A question waits for a task token. */
function definition(): string {
  return JSON.stringify({
    StartAt: 'Classify',
    States: {
      Classify: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke',
        Parameters: { FunctionName: classify.functionArn, 'Payload.$': '$' },
        OutputPath: '$.Payload',
        Next: 'Large',
      },
      Large: {
        Type: 'Choice',
        Choices: [{ Variable: '$.euros', NumericGreaterThanEquals: THRESHOLD, Next: 'Ask' }],
        Default: 'Record',
      },
      Ask: {
        Type: 'Task',
        Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
        Parameters: {
          QueueUrl: questions.queueUrl,
          MessageBody: { 'id.$': '$.id', 'token.$': '$$.Task.Token' },
        },
        ResultPath: null,
        Next: 'Record',
      },
      Record: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke',
        Parameters: { FunctionName: record.functionArn, 'Payload.$': '$' },
        End: true,
      },
    },
  });
}
