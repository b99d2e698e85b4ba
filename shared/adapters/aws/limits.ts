/**
 * How long the functions wait for AWS, in one place. The SDK itself waits for ever: a connection that went dead while the
 * process was frozen would hold a function until Lambda kills it. Two or three tries fit into each function's time.
 */

/** What a client is made with. */
export interface ClientLimits {
  readonly maxAttempts: number;
  readonly requestHandler: {
    /** Milliseconds until there is a connection, and then until an answer begins. */
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    /** Milliseconds in which nothing comes, also within an answer. */
    readonly socketTimeout?: number;
    readonly throwOnRequestTimeout: true;
  };
}

/** Of calls that take milliseconds: messages of SQS and SNS. */
export const MESSAGES: ClientLimits = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
};

/** Of calls that may take seconds: Glue's catalog, findings a hundred at once. */
export const CALLS: ClientLimits = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
};

/** Of the lake's objects, which the time has to do for writing whole: state of windows may have many megabytes. */
export const OBJECTS: ClientLimits = {
  maxAttempts: 3,
  requestHandler: {
    connectionTimeout: 2_000,
    requestTimeout: 15_000,
    socketTimeout: 15_000,
    throwOnRequestTimeout: true,
  },
};

/** Of objects that are read as streams: the connection also rests while what came is archived. */
export const STREAMS: ClientLimits = {
  maxAttempts: 3,
  requestHandler: { ...OBJECTS.requestHandler, socketTimeout: 180_000 },
};

/** Of Athena, where looks at a query are throttled together with those of everybody else in the account. */
export const QUERIES: ClientLimits = {
  maxAttempts: 8,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
};

/** Of lists in S3, for whoever waits at a terminal. */
export const LISTS: ClientLimits = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
};

/** Of lists in S3, where records wait for them: time for two tries. */
export const LISTS_SOON: ClientLimits = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
};

/** Milliseconds that a function waits for its lists, all of them together, with all tries. */
export const LISTS_WITHIN = 4_000;

/** Milliseconds that the plain first try of sending a message may take. */
export const FIRST_TRY = 5_000;

/** Milliseconds that giving back what failed may take, all calls together: it is only to come again sooner. */
export const GIVING_BACK = 5_000;
