/** Permissions that no function asks for itself, one by one, and why it has them all the same. */
import type { FunctionName } from '../../infra/names.ts';

/** A statement, or a part of one, that lets others do something in a function's name. */
export interface Others {
  /** The functions in whose name; where others have the statement, they ask themselves. */
  readonly of: readonly FunctionName[];
  /** Actions of the statement; all where left out. */
  readonly actions?: readonly string[];
  /** How the resources end; all where left out. */
  readonly on?: readonly string[];
  readonly because: string;
}

const LOGS = 'Lambda writes the log of a function as the function; the emulator writes it as itself';
const POLLS = 'Lambda takes messages from the queue as the function; the emulator does as itself';
const KEEPS = 'Lambda puts an event that failed for good into the bucket as the function; the emulator does as itself';
const MISSING =
  'where an object is not there, S3 asks whether the caller may list the bucket, and says 403 in place of 404 if not; the emulator says 404 to everybody';
const ATHENA = 'Athena reads and writes as whoever asks it; the emulator does as itself';

/** Statements that others need, by their `Sid`. */
export const FOR_OTHERS: Readonly<Record<string, Others>> = {
  WriteOwnLog: { of: ['Detect', 'Archive', 'Collect', 'Windows', 'Notify', 'Rules'], because: LOGS },
  TakeBatches: { of: ['Archive'], because: POLLS },
  TakeObjects: { of: ['Collect'], because: POLLS },
  TakeBackfill: { of: ['Collect'], because: POLLS },
  TakeAlerts: { of: ['Notify'], because: POLLS },
  KeepFailedEvents: { of: ['Detect', 'Rules'], because: KEEPS },
  FindFailedEvents: { of: ['Detect', 'Rules'], because: KEEPS },
  FindLargeBatches: { of: ['Archive'], because: MISSING },
  FindAlerts: { of: ['Detect', 'Collect', 'Windows'], because: MISSING },
  FindLists: { of: ['Detect', 'Archive', 'Collect', 'Windows', 'Rules'], because: MISSING },
  FindDeliveries: { of: ['Collect', 'Rules'], because: MISSING },
  FindScheduledRules: { of: ['Rules'], because: MISSING },
  QueryInOwnWorkgroup: {
    of: ['Rules'],
    actions: ['athena:StopQueryExecution'],
    because: 'a query is stopped when the function runs out of time, after some minutes',
  },
  ReadOwnCatalog: {
    of: ['Rules'],
    actions: ['glue:GetDatabase', 'glue:GetTables', 'glue:GetPartition', 'glue:GetPartitions'],
    because: ATHENA,
  },
  LookAtDefaultDatabase: { of: ['Rules'], because: ATHENA },
  MakeViews: { of: ['Rules'], because: `${ATHENA}, and knows no views` },
  ReadLake: { of: ['Rules'], on: ['/flows/*', '/tgw/*', '/quarantine/*', '/ledger/*'], because: ATHENA },
  FindInLake: { of: ['Rules'], because: `${ATHENA}; the function looks there itself before it has views made` },
  LocateBuckets: { of: ['Rules'], because: ATHENA },
  KeepQueryResults: { of: ['Rules'], because: `${ATHENA}; the function reads results itself where they are long` },
  FindUnfinishedResults: { of: ['Rules'], because: ATHENA },
  FindQueryResults: { of: ['Rules'], because: ATHENA },
  ReadDeliveries: { of: ['Rules'], because: `${ATHENA}: they are queried where they are delivered` },
};

/** Statements that this deployment has not, as the emulator can't know what they allow. */
export const UNKNOWN_TO_EMULATOR: Readonly<Record<string, { readonly because: string; readonly shape: object }>> = {
  UseTheKey: {
    because: "the emulator's S3, SQS and SNS encrypt nothing, and so never ask for a key",
    shape: {
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: 'arn:aws:kms:ap-northeast-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef',
    },
  },
  ImportFindings: {
    because: 'the emulator has no Security Hub',
    shape: {
      Effect: 'Allow',
      Action: 'securityhub:BatchImportFindings',
      Resource: {
        'Fn::Sub':
          'arn:${AWS::Partition}:securityhub:${AWS::Region}:${AWS::AccountId}:product/${AWS::AccountId}/default',
      },
    },
  },
};

/** Permissions without which a function goes on, and warns of it: function and `Sid`. */
export const ONLY_WARNED_OF: readonly string[] = [
  // a list that can't be read keeps its entries, or is empty; `detect` is called again, as nobody decides after it
  'Archive ReadLists',
  'Collect ReadLists',
  'Windows ReadLists',
  // an alert too many is better than none
  'Notify FindAlerts',
  'Notify RememberTold',
];
