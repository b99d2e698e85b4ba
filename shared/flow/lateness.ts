/** How late records come: what needs all records of a time is decided only when none of them can be on its way. */

/** The longest aggregation interval of a flow log, seconds, as AWS documents it. */
export const AGGREGATION = 600;

/** How late a record may be delivered beyond that: delivery is best effort, seconds. */
const DELIVERY = 1800;

/** How long after the time that it counts in a record may come, seconds. */
export const LATENESS = AGGREGATION + DELIVERY;
