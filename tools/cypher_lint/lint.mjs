// Lint Cypher with Neo4j's own grammar and semantic checks, as Cypher 5 and as Cypher 25.
//
// Reads a JSON list of {name, statement, parameters, schema} and writes a JSON list of
// {name, version, severity, message, line, column}, both counted from 1.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { lintCypherQuery, testData } from "@neo4j-cypher/language-support";

const VERSIONS = ["5", "25"];
const SEVERITIES = { 1: "error", 2: "warning", 3: "information", 4: "hint" };

// Without lists of functions and procedures the library accepts any name. Its own, taken from a
// server, serve; but not their APOC part, which a server without plug-ins does not have.
const { functions, procedures } = testData.mockSchema;
const builtIn = (byVersion, isBuiltIn) =>
  Object.fromEntries(
    Object.entries(byVersion).map(([version, entries]) => [
      version,
      Object.fromEntries(Object.entries(entries).filter(([name, entry]) => isBuiltIn(name, entry))),
    ]),
  );
const SERVER = {
  functions: builtIn(functions, (_, entry) => entry.isBuiltIn),
  procedures: builtIn(procedures, (name) => !name.startsWith("apoc.")),
};

// A long report takes a second for each version, so what was said is kept for an unchanged item.
// npm removes it with the packages when another version of the library is installed.
const KEPT = new URL("node_modules/.cache/diagnostics.json", import.meta.url);
const SELF = readFileSync(new URL(import.meta.url), "utf8");

function lint({ statement, parameters = {}, schema = {} }, version) {
  // A prefix `CYPHER 25` does the same but moves the columns of the first line.
  const database = { ...SERVER, ...schema, parameters, defaultLanguage: `CYPHER ${version}` };
  const { diagnostics } = lintCypherQuery(statement, database, { consoleCommandsEnabled: false });
  return diagnostics.map(({ severity, message, range }) => ({
    severity: SEVERITIES[severity],
    message,
    line: range.start.line + 1,
    column: range.start.character + 1,
  }));
}

function readKept() {
  try {
    return JSON.parse(readFileSync(KEPT, "utf8"));
  } catch {
    return {}; // not there yet, or not whole
  }
}

function keep(said) {
  const draft = new URL(`${KEPT.href}.${process.pid}`);
  mkdirSync(new URL(".", KEPT), { recursive: true });
  writeFileSync(draft, JSON.stringify(said));
  renameSync(draft, KEPT);
}

const items = JSON.parse(readFileSync(0, "utf8"));
const [kept, said, found] = [readKept(), {}, []];
for (const version of VERSIONS) {
  for (const { name, ...item } of items) {
    const key = createHash("sha256").update(JSON.stringify([SELF, version, item])).digest("hex");
    said[key] = kept[key] ?? lint(item, version);
    found.push(...said[key].map((diagnostic) => ({ name, version, ...diagnostic })));
  }
}
keep(said);
process.stdout.write(`${JSON.stringify(found, null, 1)}\n`);
