import { execFileSync } from 'node:child_process'
import { expect, test } from '@jest/globals'
import { printCurl } from '../../console/src/runs/curl.ts'
import { leadsTo, lineageAt, parsePath } from '../../console/src/runs/members.ts'
import { timelineOf } from '../../console/src/runs/timeline.ts'
import type { RecordedCall, RecordedStep, Recording } from '../../src/history/recording.ts'

const step = (name: string, startMs: number, endMs: number, parent?: number): RecordedStep => ({
  ...{ name, kind: 'invoke', parent, startMs, endMs, error: undefined },
  ...{ events: [], attempts: [], calls: [] },
})

test('a call that is copied is one command of a shell, whatever is in it, and names what is masked', () => {
  const hostile = "x'; echo broken; '$(echo run)`echo run`"
  const call: RecordedCall = {
    ...{ service: 'users', operation: 'find', template: 'POST /users', inputs: {}, answer: undefined },
    request: {
      ...{ method: 'POST', path: '/users?id=pii:0123456789abcdef', bytes: 9 },
      headers: { 'x-note': hostile },
      body: { name: { unshown: 'string', bytes: 3 }, note: hostile },
    },
  }
  const { text, masked } = printCurl(call, step('find', 0, 1))
  expect(masked).toEqual(['path', 'body.name'])
  const shown = execFileSync('sh', ['-c', `curl() { printf '%s\\n' "$@"; }\n${text}`], { encoding: 'utf8' })
  expect(shown.split('\n')).toEqual([
    ...['http://users/users?id=pii:0123456789abcdef', '-X', 'POST', '-H', `x-note: ${hostile}`],
    ...['--data-raw', JSON.stringify(call.request.body), ''],
  ])
})

test('the critical path is what ended last before what comes after it began', () => {
  const steps = [step('all', 0, 50), step('fast', 0, 10, 0), step('slow', 0, 30, 0), step('last', 31, 50, 0)]
  const rows = timelineOf({ steps, ms: 50 } as unknown as Recording)
  expect(rows.filter(({ isCritical }) => isCritical).map((row) => row.step.name)).toEqual(['slow', 'last'])
  expect(rows.map(({ depth }) => depth)).toEqual([0, 1, 1, 1])
})

test('a member of an answer is told by what is nearest to it', () => {
  const lineage = [
    { member: '$.items', color: 'items', at: 'a:1:1' },
    { member: '$.items[*]["a b"]', color: 'names', at: 'a:2:1' },
  ]
  const colorsAt = (path: string) => lineageAt(lineage, parsePath(path)).map(({ color }) => color)
  expect(colorsAt('$.items[3]["a b"]')).toEqual(['names'])
  expect(colorsAt('$.items[3].other')).toEqual(['items'])
  expect(colorsAt('$.other')).toEqual([])
  expect(leadsTo(parsePath('$.items[7]'), '$.items[*]["a b"]')).toBe(true)
})
