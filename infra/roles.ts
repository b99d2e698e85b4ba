/** What each function may do: one role a function. */
import { attribute, sub, type Fragment, type Resource } from './fragment.ts';

/** One role a function, each with what that function does and no more. */
export function roles(): Fragment {
  const names = ['Detect', 'Archive', 'Collect', 'Windows', 'Notify', 'Rules'];
  return { Resources: Object.fromEntries(names.map((name) => [`${name}Role`, role()])) };
}

function role(): Resource {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      },
      Policies: [
        {
          PolicyName: 'work',
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
                Resource: sub('arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/*'),
              },
              {
                Effect: 'Allow',
                Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:ListBucket'],
                Resource: [attribute('Lake'), sub('${Lake.Arn}/*'), sub('${Transit.Arn}/*')],
              },
              {
                Effect: 'Allow',
                Action: ['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
                Resource: [attribute('Batches'), attribute('Objects'), attribute('Alerts')],
              },
              { Effect: 'Allow', Action: 'sns:Publish', Resource: '*' },
            ],
          },
        },
      ],
    },
  };
}
