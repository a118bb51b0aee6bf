import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { readConfig } from '../../src/config/read.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import { createDirectory } from '../support/cleanup.ts'
import { type Files, writeFiles } from '../support/gateway.ts'

const dictionary = 'colors:\n  a.name: { type: string }\n'
const home = 'match: GET /home\nresponse: { body: hello }\n'
const types = 'type Query { a: String }'
const definition = 'syntax = "proto3"; package p; message A { string name = 1; } service S { rpc Get (A) returns (A); }'

async function faults(files: Files, named: Readonly<Record<string, string>> = {}) {
  const directory = createDirectory()
  writeFiles(directory, { gateway: '{}', dictionary, 'routes/home': home, ...files })
  for (const [name, text] of Object.entries(named)) writeFileSync(join(directory, 'config/services', name), text)
  const { texts } = await readConfig({ config: join(directory, 'config/gateway.yaml'), base: directory, env: {} })
  return buildSnapshot(texts)
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(({ at, message }) => `${at.file}:${at.line} ${message}`)
}

const service = (keys: string, operation = '{ get: /a }') =>
  `service: s\nendpoints: ['http://127.0.0.1:9']\n${keys}\noperations: { one: ${operation} }\n`
const inPlace = (call: string) =>
  `match: GET /a\ndo: [ { invoke: { service: s, ${call}, out: { a.name: $.a } } } ]\nresponse: { body: $.a.name }\n`

describe('a definition that a service names', () => {
  test.each([
    ['schema', './x.graphql', '{ a }', 'graphql'],
    ['proto', './x.proto', 'p.S/Get', 'grpc'],
  ])('and no operation is held against is an error: %s', async (key, file, what, kind) => {
    const named = { 'x.graphql': types, 'x.proto': definition }
    const keys = `${key}: ${file}`
    expect(await faults({ 'services/s': service(keys) }, named)).toEqual([
      'config/services/s.yaml:3 no operation of `s` is held against it',
    ])
    expect(await faults({ 'services/s': service(keys, `{ ${kind}: '${what}' }`) }, named)).toEqual([])
  })

  test('holds for what a route asks in place, which is use enough', async () => {
    const files = { 'services/s': service('schema: ./x.graphql') }
    const named = { 'x.graphql': types }
    expect(await faults({ ...files, 'routes/a': inPlace("graphql: '{ a }'") }, named)).toEqual([])
    expect(await faults({ ...files, 'routes/a': inPlace("graphql: '{ b }'") }, named)).toEqual([
      'routes/a.yaml:2 cannot query field `b` on type `Query`',
    ])
  })

  test('holds wherever on its line it is named', async () => {
    const text =
      "{ service: s, endpoints: ['http://127.0.0.1:9'], schema: ./x.graphql, operations: { one: { graphql: '{ b }' } } }\n"
    expect(await faults({ 'services/s': text }, { 'x.graphql': types })).toEqual([
      'config/services/s.yaml:1 cannot query field `b` on type `Query`',
    ])
  })

  test('and that is not there is told of where it is named', async () => {
    expect(await faults({ 'services/s': service('schema: ./x.graphql', "{ graphql: '{ a }' }") })).toEqual([
      'config/services/s.yaml:3 config/services/x.graphql cannot be read: it does not exist',
    ])
  })
})

test('a key that is misspelled is told of alone, not what it would have named', async () => {
  for (const keys of ['tsl: { ca: ./ca.pem }', 'proot: ./x.proto', 'shcema: ./x.graphql'])
    expect(await faults({ 'services/s': service(keys) })).toEqual([
      expect.stringMatching(/^config\/services\/s.yaml:3 `\w+` is not a key here$/),
    ])
})

test('types are the same object for as long as their file is, so that they are made once', async () => {
  const directory = createDirectory()
  writeFiles(directory, { gateway: '{}', dictionary, 'services/s': service('schema: ./x.graphql') })
  writeFiles(directory, { 'routes/home': home })
  writeFileSync(join(directory, 'config/services/x.graphql'), types)
  const options = { config: join(directory, 'config/gateway.yaml'), base: directory, env: {} }
  const first = await readConfig(options)
  const second = await readConfig(options, first.texts)
  expect(second.texts.serviceFiles?.[0]).toBe(first.texts.serviceFiles?.[0])
  expect(second.texts.serviceFiles?.length).toBe(1)
})
