import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { unreachable } from '../../src/transports/failures.ts'
import { opened } from '../support/cleanup.ts'
import { startHttpServer } from '../support/servers.ts'

const failure = (code: string, syscall = 'connect') => Object.assign(new Error(code), { code, syscall })

describe('a connection that this machine cannot open', () => {
  test('for want of file descriptors tells nothing of the backend, and the next call goes through', async () => {
    const server = await opened(startHttpServer((_request, response) => void response.end('{}')))
    try {
      const program = fileURLToPath(new URL('../support/transports/without-files.ts', import.meta.url))
      const run = `ulimit -n 64; exec "${process.execPath}" "${program}" ${server.url}`
      const { stdout } = await promisify(execFile)('sh', ['-c', run])
      const detail = 'the gateway cannot open a connection (EMFILE)'
      const without = { code: 'out-of-sockets', status: 503, verdict: 'nothing', detail }
      expect(JSON.parse(stdout)).toEqual({ undici: [without, 200], http1: [without, 200] })
    } finally {
      await server.close()
    }
  })

  test.each(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOBUFS', 'ENOMEM'])('is told by %s', (code) => {
    expect(unreachable(failure(code))).toMatchObject({ code: 'out-of-sockets', retryAfter: 1 })
  })

  test('is another thing than one that the backend refuses, at one address or at all', () => {
    expect(unreachable(failure('ECONNREFUSED')).code).toBe('unavailable')
    const both = [failure('EADDRNOTAVAIL'), failure('ECONNREFUSED')]
    const several = (errors: Error[]) => Object.assign(new AggregateError(errors), { code: 'EADDRNOTAVAIL' })
    expect(unreachable(several(both)).code).toBe('unavailable')
    expect(unreachable(several([both[0]!, both[0]!])).code).toBe('out-of-sockets')
    expect(unreachable(undefined).code).toBe('unavailable')
  })
})
