// What an editor shows of the manifest's schema, asked of yaml-language-server: what it offers, what it says about a setting,
// what it finds wrong. A `‸` marks the cursor. Takes the server's program and an empty folder.

import assert from "node:assert/strict";
import { copyFileSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Server } from "./server.mjs";

const [program, folder] = process.argv.slice(2);
const root = resolve(import.meta.dirname, "../..");

// The line that the README tells users to write, and the schema where that line looks for it.
const readme = readFileSync(join(root, "README.md"), "utf8");
const [, line, path] = /`(# yaml-language-server: \$schema=([^`]+))`/.exec(readme);
const schema = join(root, "schemas/manifest.schema.json");
copyFileSync(schema, join(folder, path));

const OFFERED = [
  {
    what: "the keys of a manifest that it does not have yet",
    text: "version: 1\nname: acme\ntrails: []\n‸",
    exactly: [
      "account", "allow", "channels", "dashboards", "eventDataStores", "ignoreTags", "lint", "organization", "region",
      "removed", "tags", "vars",
    ],
  },
  {
    what: "the settings of a trail",
    text: "trails:\n  - name: audit\n    kmsKeyId: alias/a\n    ‸",
    has: ["s3BucketName", "isMultiRegionTrail", "advancedEventSelectors", "cloudWatchLogsLogGroupArn", "tags", "ignore"],
    lacks: ["name", "kmsKeyId", "retentionPeriod", "resourcePolicy"],
  },
  {
    what: "the settings of a store",
    text: "eventDataStores:\n  - ‸",
    has: ["name", "renamedFrom", "retentionPeriod", "billingMode", "insightsDestination", "resourcePolicy"],
    lacks: ["s3BucketName", "source"],
  },
  {
    what: "what a channel sends to",
    text: "channels:\n  - name: okta\n    destinations:\n      - ‸",
    has: ["eventDataStore"],
  },
  {
    what: "the operators of a condition",
    text: "trails:\n  - advancedEventSelectors:\n      - fieldSelectors:\n          - field: eventName\n            ‸",
    exactly: ["endsWith", "equals", "notEndsWith", "notEquals", "notStartsWith", "startsWith"],
  },
  {
    what: "what a schedule is made of",
    text: "dashboards:\n  - name: calls\n    refreshSchedule:\n      ‸",
    exactly: ["frequency", "status", "timeOfDay"],
  },
  {
    what: "what a policy's statement is made of",
    text: "channels:\n  - name: okta\n    resourcePolicy:\n      Statement:\n        - ‸",
    has: ["Sid", "Effect", "Principal", "Action", "Resource", "Condition"],
  },
  { what: "the version", text: "version: ‸", exactly: ["1"] },
  { what: "true and false", text: "trails:\n  - name: audit\n    isLogging: ‸", exactly: ["false", "true"] },
  {
    what: "billing modes",
    text: "eventDataStores:\n  - name: lake\n    billingMode: ‸",
    exactly: ["EXTENDABLE_RETENTION_PRICING", "FIXED_RETENTION_PRICING"],
  },
  { what: "guards", text: "allow:\n  - guard: ‸", exactly: ["adopt-changes", "blind-spot", "data-loss", "irreversible", "take-ownership"] },
  {
    what: "insights",
    text: "trails:\n  - name: audit\n    insightSelectors:\n      - insightType: ‸",
    exactly: ["ApiCallRateInsight", "ApiErrorRateInsight"],
  },
  {
    what: "units of a refresh",
    text: "dashboards:\n  - name: calls\n    refreshSchedule:\n      frequency:\n        unit: ‸",
    exactly: ["DAYS", "HOURS"],
  },
  {
    what: "fields, though AWS may know more",
    text: "eventDataStores:\n  - advancedEventSelectors:\n      - fieldSelectors:\n          - field: ‸",
    has: ["eventCategory", "resources.type", "resources.ARN", "sessionCredentialFromConsole"],
  },
  {
    what: "sources of channels, though AWS may know more",
    text: "channels:\n  - name: okta\n    source: ‸",
    has: ["Custom", "OktaSystemLogEvents", "LaunchDarkly"],
  },
];

// What a key writes when it is chosen; `$1` is where the cursor goes.
const WRITTEN = [
  { text: "version: 1\n‸", label: "trails", writes: /^trails:\n {2}- name: / },
  { text: "version: 1\n‸", label: "lint", writes: /^lint:/ },
  { text: "trails:\n  - name: audit\n    ‸", label: "enableLogFileValidation", writes: /^enableLogFileValidation: \$\{1:false\}$/ },
];

const SAID = [
  {
    text: "trails:\n  - name: audit\n    isLog‸ging: true",
    said: "Whether the trail records (StartLogging, StopLogging). Default: `true`, unlike `CreateTrail`'s.",
  },
  {
    text: "eventDataStores:\n  - name: lake\n    kmsKey‸Id: alias/a",
    said:
      "The KMS key that encrypts the store, in its region: `alias/…`, alias ARN, key id or key ARN. Default: none.\n" +
      "Once set, it can be neither changed nor removed.",
  },
  {
    text: "eventDataStores:\n  - name: lake\n    maxEvent‸Size: Large",
    said:
      "The largest event that is taken in: `Standard` (256 KB) or `Large` (1 MB). Default: `Standard`.\n\n" +
      "Allowed Values:\n\n* `Large`\n* `Standard`",
  },
  {
    text: "dashboards:\n  - name: calls\n    refresh‸Schedule: {}",
    said: "When the dashboard is refreshed; needs a resource policy that lets CloudTrail do so. Default: never.",
  },
];

const BROKEN = `${line}
version: 2
name: an odd name
acount: "111122223333"
trails:
  - name: -audit
    isLogging: maybe
    isLoging: true
eventDataStores:
  - name: lake
    billingMode: FREE
    retentionPeriod: 5
    kmsKeyId: key
    terminationProtectionEnabled: \${vars.protected}
channels:
  - name: okta
    source: A partner of tomorrow
    destinations: []
`;

const WRONG = [
  '2:10 Value is not accepted. Valid values: 1.',
  '3:7 String does not match the pattern of "^[A-Za-z0-9][A-Za-z0-9._-]*$".',
  '4:1 Property acount is not allowed.',
  '6:5 Missing property "s3BucketName".',
  '6:11 Expected letters, digits, `.`, `_` and `-`; a letter or digit first and last, no two of the others together.',
  '7:16 Incorrect type. Expected "boolean".',
  '8:5 Property isLoging is not allowed.',
  '11:18 Value is not accepted. Valid values: "EXTENDABLE_RETENTION_PRICING", "FIXED_RETENTION_PRICING".',
  '12:22 Value is below the minimum of 7.',
  '13:15 Expected an alias (alias/…), an alias ARN, a key id or a key ARN.',
  '18:19 Array has too few items. Expected 1 or more.',
];

const server = new Server(program, folder);
await server.start();
let documents = 0;
let held = 0;

/** Opens a text under the README's line; answers where it is and where its cursor stands. */
async function opened(marked) {
  const file = join(folder, `${documents++}.yaml`);
  const [before, after] = `${line}\n${marked}`.split("‸");
  writeFileSync(file, before + after);
  await server.open(file, before + after);
  const lines = before.split("\n");
  return [file, { line: lines.length - 1, character: lines.at(-1).length }];
}

/** Keys and values that are offered, without the skeletons of whole entries. */
async function offered(marked) {
  const items = await server.complete(...(await opened(marked)));
  const words = items.filter((item) => ![7, undefined].includes(item.kind) && !item.label.startsWith("- "));
  return { items, labels: words.map((item) => item.label).sort() };
}

async function diagnosed(file, text) {
  const told = await server.open(file, text);
  const at = ({ line, character }) => `${line + 1}:${character + 1}`;
  return told
    .sort((a, b) => a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character)
    .map((one) => `${at(one.range.start)} ${one.message}`);
}

// Pipelines and templates stand among the examples too, and are YAML of other kinds.
const NO_MANIFESTS = /^(atlantis\.yaml|gitlab-ci\.yml|github-actions|moving-from-cloudformation)$/;

function manifests(below) {
  return readdirSync(below)
    .filter((name) => !NO_MANIFESTS.test(name))
    .map((name) => join(below, name))
    .flatMap((path) => (statSync(path).isDirectory() ? manifests(path) : path.endsWith(".yaml") ? [path] : []));
}

for (const { what, text, exactly, has = [], lacks = [] } of OFFERED) {
  const { labels } = await offered(text);
  if (exactly !== undefined) assert.deepEqual(labels, exactly, what);
  for (const word of has) assert.ok(labels.includes(word), `${what}: ${word} is not among ${labels}`);
  for (const word of lacks) assert.ok(!labels.includes(word), `${what}: ${word} is among ${labels}`);
  held += 1;
}

for (const { text, label, writes } of WRITTEN) {
  const { items } = await offered(text);
  assert.match(items.find((item) => item.label === label).insertText, writes);
  held += 1;
}

for (const { text, said } of SAID) {
  const shown = await server.hover(...(await opened(text)));
  assert.equal(shown.replace(/\n\nSource: \S+\s*$/, ""), said);
  held += 1;
}

assert.deepEqual(await diagnosed(join(folder, "broken.yaml"), BROKEN), WRONG);
held += 1;

const examples = manifests(join(root, "examples"));
assert.ok(examples.length >= 6);
for (const example of examples) {
  const written = readFileSync(example, "utf8");
  // Files without the line are parts of a manifest; they are looked at under the README's.
  const [file, text] = written.startsWith("# yaml-language-server:")
    ? [example, written]
    : [join(folder, `${documents++}.yaml`), `${line}\n${written}`];
  assert.deepEqual(await diagnosed(file, text), [], example);
  held += 1;
}

await server.stop();
console.log(`yaml-language-server: ${held} checks hold`);
