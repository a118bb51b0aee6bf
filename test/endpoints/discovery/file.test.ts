import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Followed, follow } from '../../support/discovery.ts'
import { until } from '../../support/waiting.ts'

let directory: string
let followed: Followed | undefined
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tessera-file-'))
})
afterEach(() => {
  followed?.watch.close()
  rmSync(directory, { recursive: true })
})

function start(name = 'endpoints.yaml'): Followed {
  followed = follow({ kind: 'file', settings: { path: join(directory, name), everyMs: 10 } })
  return followed
}
const write = (text: string, name = 'endpoints.yaml') => writeFileSync(join(directory, name), text)

describe('discovery by a file', () => {
  test('reads YAML and JSON, and again as it changes', async () => {
    write('- http://10.0.0.1:80\n- { url: http://10.0.0.2:80/v1, weight: 2, zone: a }\n')
    const { untilListed } = start()
    await untilListed(['http://10.0.0.1:80', 'http://10.0.0.2:80/v1 2 a'])
    write('["http://10.0.0.3:80"]')
    await untilListed(['http://10.0.0.3:80'])
  })

  test.each([
    ...['- http://10.0.0.9:80\n- nonsense', '{ a: 1 }', '- [', '- { url: ftp://x }', '- 7'],
    ...['- { url: http://10.0.0.9, wieght: 2 }', '- { url: http://10.0.0.9, weight: 1.5 }'],
    ...[
      '- { url: http://10.0.0.9, weight: -1 }',
      '- { url: http://10.0.0.9, weight: 1001 }',
      '- { url: http://x, zone: 3 }',
    ],
  ])('keeps the last good list when it holds %j', async (bad) => {
    write('- http://10.0.0.1:80')
    const { untilListed, lists, notices } = start()
    await untilListed(['http://10.0.0.1:80'])
    write(bad)
    await until(() => notices.length !== 0)
    write('- http://10.0.0.2:80')
    await untilListed(['http://10.0.0.2:80'])
    expect(lists).toHaveLength(2)
    expect(notices.map(({ level }) => level)).toEqual(['warn', 'info'])
  })

  test('leaves out what has no weight', async () => {
    write('- { url: http://10.0.0.1:80, weight: 0 }\n- http://10.0.0.2:80')
    const { untilListed } = start()
    await untilListed(['http://10.0.0.2:80'])
  })

  test('follows the links of a ConfigMap through two swaps', async () => {
    for (const [version, port] of [
      ['..1', 81],
      ['..2', 82],
      ['..3', 83],
    ] as const) {
      mkdirSync(join(directory, version))
      write(`- http://10.0.0.1:${port}`, `${version}/endpoints.yaml`)
    }
    symlinkSync('..1', join(directory, '..data'))
    symlinkSync('..data/endpoints.yaml', join(directory, 'endpoints.yaml'))
    const { untilListed } = start()
    await untilListed(['http://10.0.0.1:81'])
    for (const version of [2, 3]) {
      symlinkSync(`..${version}`, join(directory, '..next'))
      renameSync(join(directory, '..next'), join(directory, '..data'))
      await untilListed([`http://10.0.0.1:8${version}`])
    }
  })
})
