/** What may be spent in a month. */
import type { Deployment } from './deployment.ts';
import type { Fragment } from './fragment.ts';

/** A budget over everything that carries the deployment's tag, where one is wished for; its mails go to operations. */
export function budget({ config }: Deployment): Fragment {
  const { budgets, operations, deployment } = config;
  if (budgets.monthly === undefined) return { Resources: {} };
  const subscribers = operations.emails.map((Address) => ({ SubscriptionType: 'EMAIL', Address }));
  const notices = [
    { NotificationType: 'FORECASTED', Threshold: 100 },
    { NotificationType: 'ACTUAL', Threshold: 80 },
    { NotificationType: 'ACTUAL', Threshold: 100 },
  ];
  return {
    Resources: {
      Budget: {
        Type: 'AWS::Budgets::Budget',
        Properties: {
          Budget: {
            BudgetName: `${deployment.name}-${deployment.stage}`,
            BudgetType: 'COST',
            TimeUnit: 'MONTHLY',
            BudgetLimit: { Amount: budgets.monthly, Unit: 'USD' },
            // the tag counts from the day on which it is activated as a cost allocation tag
            CostFilters: { TagKeyValue: [`user:application$${deployment.name}`] },
          },
          // a budget without readers is still seen in the console
          NotificationsWithSubscribers:
            subscribers.length === 0
              ? []
              : notices.map((notice) => ({
                  Notification: { ...notice, ComparisonOperator: 'GREATER_THAN', ThresholdType: 'PERCENTAGE' },
                  Subscribers: subscribers,
                })),
        },
      },
    },
  };
}
