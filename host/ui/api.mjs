// Writes the types of our API from its description: `npm run api -- openapi.json`, or the address of a running server.
import { readFile, writeFile } from 'node:fs/promises'
import openapiTS, { astToString } from 'openapi-typescript'

const from = process.argv[2] ?? 'openapi.json'
const text = from.startsWith('http')
  ? await (await fetch(new URL('/api/v1/openapi.json', from))).text()
  : await readFile(from, 'utf8')
const description = JSON.parse(text)

// A schema that is named and not described may be anything.
for (const [, name] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
  if (description.components.schemas[name]) continue
  console.error(`the description names ${name} and does not have it`)
  description.components.schemas[name] = {}
}
// What operations are called is of no use here, and they are not all called differently.
for (const operations of Object.values(description.paths)) {
  for (const operation of Object.values(operations)) delete operation.operationId
}
const types = await openapiTS(description, { alphabetize: true })
const head = '// Made by `npm run api`: do not edit.\n\n'
await writeFile(new URL('src/api/schema.ts', import.meta.url), head + astToString(types))
