/** What may be spent in a month. */
import type { Deployment } from './deployment.ts';
import { ref, type Fragment } from './fragment.ts';

const NOTICES = [
  { NotificationType: 'FORECASTED', Threshold: 100 },
  { NotificationType: 'ACTUAL', Threshold: 80 },
  { NotificationType: 'ACTUAL', Threshold: 100 },
];

/**
 * A budget over everything that carries the deployment's tag, where one is wished for. It has no name of its own, which
 * would have to be the account's only one, and tells the operations topic: CloudFormation makes a new budget where
 * subscribers change, and people come and go.
 */
export function budget({ config }: Deployment): Fragment {
  const { budgets, deployment } = config;
  if (budgets.monthly === undefined) return { Resources: {} };
  return {
    Resources: {
      Budget: {
        Type: 'AWS::Budgets::Budget',
        // a budget checks when it is made that it may publish
        DependsOn: 'PolicyOfOperationsTopic',
        Properties: {
          Budget: {
            BudgetType: 'COST',
            TimeUnit: 'MONTHLY',
            BudgetLimit: { Amount: budgets.monthly, Unit: 'USD' },
            // the tag counts from the day on which it is activated as a cost allocation tag
            CostFilters: { TagKeyValue: [`user:application$${deployment.name}`] },
          },
          NotificationsWithSubscribers: NOTICES.map((notice) => ({
            Notification: { ...notice, ComparisonOperator: 'GREATER_THAN', ThresholdType: 'PERCENTAGE' },
            Subscribers: [{ SubscriptionType: 'SNS', Address: ref('OperationsTopic') }],
          })),
        },
      },
    },
  };
}
