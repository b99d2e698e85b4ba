/** A stack as a deployment makes it, as far as the commands that operate it look: small enough to stand in a second. */
import { CreateStackCommand, DescribeStacksCommand, type CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { setTimeout } from 'node:timers/promises';

/** The stack's name. */
export const STACK = 'sekisho-prod';

/** What a detect that only passes on what it is called with does: its event becomes a message on the queue Batches. */
const PASS_ON = `exports.handler = async (event) => {
  const body = JSON.stringify({ QueueUrl: process.env.BATCHES, MessageBody: JSON.stringify(event) });
  const authorization = 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0';
  const headers = { 'x-amz-target': 'AmazonSQS.SendMessage', 'content-type': 'application/x-amz-json-1.0', authorization };
  const { status } = await fetch(process.env.AWS_ENDPOINT_URL, { method: 'POST', headers, body });
  if (status !== 200) throw new Error('status ' + status);
};`;

const FUNCTIONS = ['detect', 'archive', 'collect', 'windows', 'notify', 'rules'];

const ref = (name: string) => ({ Ref: name });

function template(): object {
  const queues = ['Batches', 'Objects', 'Backfill', 'Alerts'].flatMap((name) => [name, `${name}Dead`]);
  const simple = {
    Lake: 'S3::Bucket',
    Transit: 'S3::Bucket',
    OperationsTopic: 'SNS::Topic',
    Topicalerts: 'SNS::Topic',
  };
  const resources = Object.fromEntries([
    ...Object.entries(simple).map(([name, type]) => [name, { Type: `AWS::${type}` }]),
    ...queues.map((name) => [name, { Type: 'AWS::SQS::Queue' }]),
    ...FUNCTIONS.map((name) => [
      `${name}LambdaFunction`,
      {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName: `${STACK}-${name}`,
          Handler: 'index.handler',
          Runtime: 'nodejs24.x',
          Role: 'arn:aws:iam::000000000000:role/r',
          Code: { ZipFile: PASS_ON },
          Environment: { Variables: { BATCHES: ref('Batches') } },
        },
      },
    ]),
  ]);
  const outputs = [...Object.keys(simple), ...queues].map((name) => [name, { Value: ref(name) }]);
  return {
    Resources: resources,
    Outputs: Object.fromEntries([...outputs, ['Workgroup', { Value: STACK }], ['Database', { Value: 'sekisho_prod' }]]),
  };
}

/** Makes the stack, and waits until it stands; gives its outputs. */
export async function createOperatedStack(client: CloudFormationClient): Promise<Readonly<Record<string, string>>> {
  await client.send(new CreateStackCommand({ StackName: STACK, TemplateBody: JSON.stringify(template()) }));
  for (;;) {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: STACK }));
    const { StackStatus, StackStatusReason, Outputs = [] } = Stacks![0]!;
    if (StackStatus === 'CREATE_COMPLETE') {
      return Object.fromEntries(Outputs.map(({ OutputKey, OutputValue }) => [OutputKey!, OutputValue!]));
    }
    if (StackStatus !== 'CREATE_IN_PROGRESS') throw new Error(`the stack is ${StackStatus}: ${StackStatusReason}`);
    await setTimeout(50);
  }
}
