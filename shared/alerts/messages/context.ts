/** What messages say beside the alert. */

/** Where the deployment runs. */
export interface Home {
  /** `aws`, `aws-cn`, … */
  readonly partition: string;
  readonly account: string;
  readonly region: string;
}

/** What messages are made with. */
export interface MessageContext {
  /** The deployment's name. */
  readonly deployment: string;
  /** The lake's bucket. */
  readonly lake: string;
  /** IANA name of the time zone to show beside UTC. */
  readonly timeZone: string;
  readonly home: Home;
}

/** Where the resource of an ARN is. */
export function homeOf(arn: string): Home {
  const [, partition = '', , region = '', account = ''] = arn.split(':');
  return { partition, account, region };
}
