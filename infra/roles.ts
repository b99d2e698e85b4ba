/** What each function may do: one role a function, and nothing in it that the function does not do. */
import type { Deployment } from './deployment.ts';
import { useOfKey } from './encryption.ts';
import { policy, type Fragment, type Resource, type Statement } from './fragment.ts';
import { FUNCTIONS, withinBoundary, type FunctionName } from './names.ts';
import * as may from './statements.ts';

/** A role a function. */
export function roles(deployment: Deployment): Fragment {
  const grants = grantsOf(deployment);
  return {
    Resources: Object.fromEntries(FUNCTIONS.map((name) => [`${name}Role`, role(deployment, name, grants[name])])),
  };
}

/** What a function does beside writing its log. */
interface Grants {
  readonly statements: readonly Statement[];
  /** Services through which it meets what the owner's key encrypts. */
  readonly encrypted: readonly string[];
}

function grantsOf(deployment: Deployment): Readonly<Record<FunctionName, Grants>> {
  const { config } = deployment;
  const lists = may.readLists(deployment);
  return {
    Detect: {
      statements: [...may.SEND_BATCHES, ...may.RAISE_ALERTS, ...lists, ...may.keepFailedEvents(config, 'Detect')],
      encrypted: ['s3', 'sqs'],
    },
    Archive: {
      statements: [may.takeFrom('Batches'), ...may.READ_PARKED, may.ARCHIVE, ...lists],
      encrypted: ['s3', 'sqs'],
    },
    Collect: {
      statements: [
        may.takeFrom('Objects'),
        may.takeFrom('Backfill'),
        ...may.readDeliveries(config),
        may.ARCHIVE,
        ...may.RAISE_ALERTS,
        ...lists,
      ],
      encrypted: ['s3', 'sqs'],
    },
    Windows: {
      statements: [...may.FOLD_WINDOWS, ...may.RAISE_ALERTS, ...lists],
      encrypted: ['s3'],
    },
    Notify: {
      statements: [may.takeFrom('Alerts'), ...may.READ_ALERTS, may.REMEMBER_TOLD, ...may.tell(config)],
      encrypted: ['s3', 'sqs', 'sns'],
    },
    Rules: {
      statements: [
        ...may.queryLake(config),
        ...may.REMEMBER_SCHEDULED,
        ...may.RAISE_ALERTS,
        ...lists,
        ...may.keepFailedEvents(config, 'Rules'),
      ],
      encrypted: ['s3'],
    },
  };
}

function role({ config }: Deployment, name: FunctionName, { statements, encrypted }: Grants): Resource {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      ...withinBoundary(config.deployment),
      AssumeRolePolicyDocument: policy([
        {
          Sid: 'RunAsFunction',
          Effect: 'Allow',
          Principal: { Service: 'lambda.amazonaws.com' },
          Action: 'sts:AssumeRole',
        },
      ]),
      Policies: [
        {
          PolicyName: 'work',
          PolicyDocument: policy([
            may.writeOwnLog(config, name),
            ...statements,
            ...useOfKey(config.storage, encrypted),
          ]),
        },
      ],
    },
  };
}
