// An OpenFeature client of Node as people use it, driven by lines of JSON: node clients.mjs server|web.
// In: {"op": "context", ...}, {"op": "details", "key", "fallback", "context"}, {"op": "close"}. Out: answers, and events as they come.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const { CLIENTS, SERVER, TOKEN } = process.env;
const require = createRequire(join(CLIENTS, 'package.json'));
const kind = process.argv[2];
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

const options = { baseUrl: SERVER, headers: [['Authorization', `Bearer ${TOKEN}`]] };
const events = ['PROVIDER_READY', 'PROVIDER_CONFIGURATION_CHANGED', 'PROVIDER_STALE', 'PROVIDER_ERROR'];
const listen = (client) =>
  events.forEach((name) => client.addHandler(name, (said) => say({ event: name, flags: said?.flagsChanged })));

async function server() {
  const { OpenFeature } = require('@openfeature/server-sdk');
  const { OFREPProvider } = require('@openfeature/ofrep-provider');
  await OpenFeature.setProviderAndWait(new OFREPProvider(options));
  const client = OpenFeature.getClient();
  listen(client);
  return {
    details: ({ key, fallback, context }) => client.getObjectDetails(key, fallback, context),
    close: () => OpenFeature.close(),
  };
}

async function web() {
  // What a browser has of its own.
  globalThis.EventSource = require('eventsource').EventSource;
  const { OpenFeature } = require('@openfeature/web-sdk');
  const { OFREPWebProvider } = require('@openfeature/ofrep-web-provider');
  await OpenFeature.setContext(JSON.parse(process.env.CONTEXT ?? '{}'));
  const client = OpenFeature.getClient();
  listen(client);
  const provider = new OFREPWebProvider({ ...options, cacheMode: 'disabled' });
  await OpenFeature.setProviderAndWait(provider).catch((error) => say({ failed: String(error) }));
  return {
    details: ({ key, fallback }) => client.getObjectDetails(key, fallback),
    context: ({ context }) => OpenFeature.setContext(context),
    close: () => OpenFeature.close(),
  };
}

const client = await { server, web }[kind]();
say({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const { op, ...rest } = JSON.parse(line);
  say({ answer: (await client[op](rest)) ?? null });
  if (op === 'close') process.exit(0);
}
