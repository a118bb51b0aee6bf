import type { Schema } from '../../../src/describe/json-schema.ts'
import { type KeyTableOptions, keyTable } from '../key-table.ts'
import { page, yamlBlock } from '../markdown.ts'
import { policyLinks } from './policies.ts'

/** A page about one kind of file: what it is, an example, its keys. */
export interface FilePage {
  readonly title: string
  /** Where such files lie. */
  readonly place: string
  readonly schema: Schema
  /** A whole file. */
  readonly example: string
  readonly notes?: string
}

const stepLinks = { do: '[Steps](steps.md).' }

export function renderFilePage({ title, place, schema, example, notes }: FilePage, options: KeyTableOptions = {}) {
  const elsewhere = { ...stepLinks, ...options.elsewhere }
  return page(
    title,
    `${place}. ${String(schema['description'])}`,
    yamlBlock(withoutSchemaLine(example)),
    '## Keys',
    keyTable(schema, { ...options, elsewhere }),
    notes,
  )
}

/** A test file's page has tables of their own for what stands in many places. */
export function renderTestPage(file: FilePage): string {
  const answer = findMapping(file.schema, 'delay')
  const request = findMapping(file.schema, 'cookies')
  const expectation = findMapping(file.schema, 'degraded')
  const call = findMapping(expectation['properties'] as Schema, 'method')
  const links = {
    request: '[Its keys](#requests).',
    mocks: '[Keys of an answer](#mocks).',
    expect: '[Its keys](#expectations).',
    calls: '[What a call was sent](#calls).',
  }
  const section = (title: string, schema: Schema) => [`## ${title}`, keyTable(schema, { elsewhere: links })]
  const notes = [
    ...section('Requests', request),
    ...section('Mocks', answer),
    ...section('Expectations', expectation),
    ...section('Calls', call),
  ]
  return renderFilePage({ ...file, notes: notes.join('\n\n') }, { elsewhere: links })
}

/** The first mapping in a schema that has this key. */
function findMapping(schema: Schema, key: string): Schema {
  const search = (value: unknown): Schema | undefined => {
    if (typeof value !== 'object' || value === null) return undefined
    const { properties } = value as { properties?: Schema }
    if (typeof properties === 'object' && key in properties) return value as Schema
    for (const member of Object.values(value)) {
      const found = search(member)
      if (found) return found
    }
    return undefined
  }
  return search(schema)!
}

/** A service's page has a table of its own for what each operation may say. */
export function renderServicePage(file: FilePage): string {
  const properties = file.schema['properties'] as Record<string, Schema>
  const operation = properties['operations']!['additionalProperties'] as Schema
  const operations = [
    '## Operations',
    `${String(operation['description'])} It has exactly one of \`get\`, \`post\`, \`put\`, \`patch\`, \`delete\`, \`head\` and \`grpc\`.`,
    keyTable(operation, { elsewhere: policyLinks }),
    locators,
  ].join('\n\n')
  return renderFilePage(
    { ...file, notes: operations },
    { elsewhere: { ...policyLinks, operations: '[Their keys](#operations).' } },
  )
}

const locators = `## Locators

Where a color sits. In \`in\` it goes there, in \`out\` it comes from there.

| locator | in a request | in a response |
|---|---|---|
| \`path.x\` | only in a route's \`in\`; an operation writes \`{color}\` into its path | no |
| \`query.x\` | a parameter; an array repeats it | no |
| \`'query.x[,]'\` | an array joined by \`[,]\`, \`[\\|]\`, \`[;]\` or \`[ ]\`, in a route's \`in\` split so; other brackets are part of the name, as in \`query.filter[name]\` | no |
| \`query.*\` | each member of an object as a parameter, but for those that the file names itself; only an operation, once | no |
| \`header.x\` | a header | a header |
| \`cookie.x\` | a cookie | no |
| \`$.a.b\` | a member of the JSON body, which it builds | any JSONPath (RFC 9535) into the body |
| \`status\` | no | the status |`

function withoutSchemaLine(example: string): string {
  return example.replace(/^# yaml-language-server:.*\n(#\n)?/, '')
}
