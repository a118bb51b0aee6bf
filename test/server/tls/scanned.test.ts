import { execFile, spawnSync } from 'node:child_process'
import { describe, expect, test } from '@jest/globals'
import { issue } from '../../support/certificates.ts'
import { askHttp2, connectHttp2 } from '../../support/http2.ts'
import { parseAnswer, request, sendRaw } from '../../support/raw.ts'
import { askTls, pairFiles, startWith } from '../../support/tls-gateway.ts'

const page = 'match: GET /page\nresponse: { body: 1 }\n'
const tls = 'tls: { cert: ./a.crt, key: ./a.key }'
const pair = pairFiles('a', issue())
const hasOpenssl = spawnSync('openssl', ['version']).status === 0

/** What `openssl s_client` says of a handshake, and of whatever it types behind. */
function scan(port: number, args: readonly string[], typed = 'Q\n'): Promise<string> {
  return new Promise((resolve) => {
    const options = ['s_client', '-connect', `127.0.0.1:${port}`, ...args]
    const child = execFile('openssl', options, (_error, stdout, stderr) => resolve(stdout + stderr))
    child.stdin?.on('error', () => {})
    child.stdin?.end(typed)
  })
}

;(hasOpenssl ? describe : describe.skip)('a scanner finds', () => {
  const start = async (more = '') =>
    (
      await startWith(
        { gateway: `listen: { port: 0, ${tls.replace(' }', `${more} }`)} }\n`, 'routes/page': page },
        pair,
      )
    ).port
  const version = async (port: number, ...args: string[]) =>
    /^ *Protocol *: (\S+)|^New, (TLSv[\d.]+), Cipher is (?!\(NONE\))/m
      .exec(await scan(port, args))
      ?.slice(1)
      .join('')

  test('TLS 1.2 and 1.3, and nothing older', async () => {
    const port = await start()
    const low = ['-cipher', 'ALL:@SECLEVEL=0']
    const found = (args: string[]) => scan(port, args).then((text) => /Cipher is (?!\(NONE\))/.test(text))
    expect(await found(['-tls1_3'])).toBe(true)
    expect(await found(['-tls1_2'])).toBe(true)
    expect(await found(['-tls1_1', ...low])).toBe(false)
    expect(await found(['-tls1', ...low])).toBe(false)
  })

  test('nothing but 1.3 where the file says so', async () => {
    const port = await start(", minVersion: '1.3'")
    expect(await scan(port, ['-tls1_2'])).toContain('Cipher is (NONE)')
    expect(await version(port, '-tls1_3')).toBe('TLSv1.3')
  })

  test('no cipher without forward secrecy or authenticated encryption', async () => {
    const port = await start()
    for (const cipher of ['AES128-GCM-SHA256', 'ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES256-CCM', 'NULL:@SECLEVEL=0'])
      expect(await scan(port, ['-tls1_2', '-cipher', cipher])).toMatch(/Cipher is \(NONE\)|no cipher match/)
    expect(await scan(port, ['-tls1_2', '-cipher', 'ECDHE-ECDSA-AES128-GCM-SHA256'])).toContain('Cipher is ECDHE-ECDSA')
  })

  test('no compression, and no renegotiation that a client begins', async () => {
    const port = await start()
    expect(await scan(port, ['-tls1_2'])).toContain('Compression: NONE')
    expect(await scan(port, ['-tls1_2'], 'R\n')).toMatch(
      /no renegotiation|ssl handshake failure|RENEGOTIATING[\s\S]*error/i,
    )
  })
})

test('HSTS is said to who came by TLS, over HTTP/2 too, and to nobody else', async () => {
  const gateway = `listen: [{ name: public, port: 0, ${tls}, http2: true }, { name: plain, host: 127.0.0.1, port: 0 }]
securityHeaders: true
`
  const { listeners } = await startWith({ gateway, 'routes/page': page }, pair)
  const [secure, plain] = listeners.map(({ port }) => port) as [number, number]
  const name = 'strict-transport-security'
  const ask = request('GET /page HTTP/1.1')
  expect(parseAnswer(await askTls(secure, ask)).header(name)).toMatch(/max-age/)
  expect((await askHttp2(await connectHttp2(secure), { ':path': '/page' })).headers[name]).toMatch(/max-age/)
  expect((await sendRaw(plain, ask)).header(name)).toBeUndefined()
})

test('413 and 431 reach a client over TLS', async () => {
  const gateway = `listen: { port: 0, ${tls}, maxHeaderSize: 2KB }\ndefaults: { maxRequestBody: 1KB }\n`
  const post = 'match: POST /page\ndecode: [json]\nin: { word: $.a }\nresponse: { body: $.word }\n'
  const { port } = await startWith({ gateway, 'routes/post': post }, pair)
  const long = await askTls(port, request('GET /page HTTP/1.1', `X-Long: ${'x'.repeat(3000)}`))
  expect(parseAnswer(long).status).toBe(431)
  const size = 300_000
  const head = request('POST /page HTTP/1.1', 'Content-Type: application/json', `Content-Length: ${size}`)
  expect(parseAnswer(await askTls(port, head + 'x'.repeat(size))).status).toBe(413)
})
