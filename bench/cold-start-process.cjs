/**
 * One first event in a process of its own: `node cold-start-process.cjs floor|BUNDLE EVENT`. Prints milliseconds of
 * wall and of processor time, from before anything is loaded until the event is done with, its request answered.
 */
const { readFileSync } = require('node:fs');

const [what, path] = process.argv.slice(2);
const event = JSON.parse(readFileSync(path, 'utf8'));
const context = { awsRequestId: 'bench', functionName: 'detect', memoryLimitInMB: '512' };

const processor = process.cpuUsage();
const started = process.hrtime.bigint();
const work = what === 'floor' ? floor(event) : require(what).handler(event, context);
void work.then(() => {
  const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
  const { user, system } = process.cpuUsage(processor);
  console.log(JSON.stringify({ milliseconds, processor: (user + system) / 1e3 }));
  process.exit();
});

/** What nobody who uses JSON.parse can beat. */
async function floor({ awslogs }) {
  const { gunzipSync } = require('node:zlib');
  const { logEvents } = JSON.parse(gunzipSync(Buffer.from(awslogs.data, 'base64')).toString());
  if (logEvents.length === 0) throw new Error('there are no events');
}
