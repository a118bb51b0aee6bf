import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { GatewayError } from '../../src/errors.ts'
import { createLogger, type LoggerSettings } from '../../src/telemetry/logger.ts'
import { logRequest, type RequestRecord } from '../../src/telemetry/request-log.ts'

function openLog(settings: LoggerSettings = {}) {
  const lines: string[] = []
  const logger = createLogger({ format: 'json', ...settings, destination: { write: (line) => lines.push(line) } })
  return { logger, lines, read: () => lines.map((line) => JSON.parse(line)) }
}

describe('a line', () => {
  test('is one JSON object with its level as text, an ISO time and its fields', () => {
    const { logger, lines, read } = openLog()
    logger.child({ trace_id: 't', route: 'home' }).warn({ step: 'recommend' }, 'slow\nbackend')
    expect(read()).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        trace_id: 't',
        route: 'home',
        step: 'recommend',
        msg: 'slow\nbackend',
      },
    ])
    expect(lines[0]).toMatch(/^[^\n]*\n$/)
  })

  test('below the level is not written', () => {
    const { logger, lines } = openLog({ level: 'warn' })
    logger.info('not this')
    logger.child({ route: 'home' }).debug({ or: 'this' })
    expect(lines).toEqual([])
    expect(logger.isLevelEnabled('info')).toBe(false)
  })

  test('in the pretty form is for people, and without colors where there is no terminal', () => {
    const { logger, lines } = openLog({ format: 'pretty' })
    logger.child({ token: 'hush-hush' }).info({ route: 'home' }, 'reloaded')
    expect(lines.join('')).toMatch(/^\[\d\d:\d\d:\d\d\.\d+\] INFO: reloaded .*"route":"home"/)
    expect(lines.join('')).not.toContain('hush-hush')
    expect(lines.join('')).not.toContain('\u001b[')
  })

  test('tells an error with its causes, and nothing that a backend answered', () => {
    const { logger, lines, read } = openLog()
    const cause = new TypeError('not JSON')
    const error = new GatewayError('http-503', { step: 'pay', response: { status: 503, body: 'hush-hush' }, cause })
    logger.error({ err: error }, 'call failed')
    expect(read()[0].err).toMatchObject({ name: 'GatewayError', code: 'http-503', step: 'pay' })
    expect(read()[0].err.cause).toMatchObject({ name: 'TypeError', message: 'not JSON', stack: expect.any(String) })
    expect(lines.join('')).not.toContain('hush-hush')
  })

  test('survives a field that refers to itself', () => {
    const { logger, read } = openLog()
    const loop: Record<string, unknown> = { name: 'loop' }
    loop['self'] = loop
    logger.info({ loop, big: 10n })
    expect(read()[0].loop.self.self.name).toBe('loop')
  })
})

describe('a secret', () => {
  const sensitiveName = fc.constantFrom(
    'authorization',
    'Proxy-Authorization',
    'cookie',
    'set-cookie',
    'password',
    'accessToken',
    'client_secret',
    'x-api-key',
    'API_KEY',
  )

  test('is masked by its name wherever it stands', () => {
    const place = fc.array(fc.constantFrom('headers', 'list', 'err'), { maxLength: 2 })
    fc.assert(
      fc.property(
        sensitiveName,
        place,
        fc.constantFrom('hush-hush', ['hush-hush'], { a: 'hush-hush' }),
        (name, path, value) => {
          const { logger, lines } = openLog()
          let fields: Record<string, unknown> = { [name]: value, kept: 'kept' }
          for (const key of path) fields = key === 'list' ? { list: [fields] } : { [key]: fields }
          logger.info(fields, 'line')
          logger.child(fields).child({ deeper: fields }).info('line')
          expect(lines.join('')).not.toContain('hush-hush')
          expect(lines.join('')).toContain('***')
          expect(lines.join('')).toContain('"kept":"kept"')
        },
      ),
    )
  })

  test('is masked in a copy: the object itself stays as it was', () => {
    const { logger } = openLog()
    const headers = { authorization: 'Bearer x' }
    logger.info({ headers })
    expect(headers).toEqual({ authorization: 'Bearer x' })
  })
})

describe('standard output', () => {
  const script = (body: string) => `
    import { createLogger } from ${JSON.stringify(new URL('../../src/telemetry/logger.ts', import.meta.url).href)}
    const logger = createLogger({ format: process.env.FORMAT })
    for (let line = 0; line < 500; line++) logger.info({ line }, 'line')
    ${body}`
  const run = (body: string, format: string) =>
    spawnSync(process.execPath, ['--input-type=module', '--eval', script(body)], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      env: { ...process.env, FORMAT: format },
      encoding: 'utf8',
    })

  test.each([
    ['json', 'process.exit(3)', 3],
    ['json', 'setTimeout(() => { throw new Error("crash") })', 1],
    ['pretty', 'process.exit(3)', 3],
  ])('has every line after a sudden end (%s, %s)', (format, body, status) => {
    const { stdout, status: exit } = run(body, format)
    expect(exit).toBe(status)
    expect(stdout.trimEnd().split('\n')).toHaveLength(500)
  })
})

describe('the access log', () => {
  const record: RequestRecord = {
    method: 'GET',
    route: 'home',
    status: 200,
    durationMs: 12.3456,
    bytes: 8400,
    traceId: '0af7651916cd43dd8448eb211c80319c',
    requestId: 'r-1',
    degraded: undefined,
    errorCode: undefined,
  }

  test('says of a request what operators look for, and nothing of the client’s', () => {
    const { logger, read } = openLog()
    logRequest(logger, record)
    const { level, time, ...fields } = read()[0]
    expect(level).toBe('info')
    expect(fields).toEqual({
      msg: 'request',
      method: 'GET',
      route: 'home',
      status: 200,
      ms: 12.35,
      bytes: 8400,
      trace_id: '0af7651916cd43dd8448eb211c80319c',
      request_id: 'r-1',
    })
  })

  test('warns of a degraded answer and raises its voice for a failure', () => {
    const { logger, read } = openLog()
    logRequest(logger, { ...record, degraded: 'banners;source=fallback' })
    logRequest(logger, { ...record, status: 504, errorCode: 'timeout' })
    logRequest(logger, { ...record, status: 404 })
    expect(read().map(({ level, error }) => [level, error])).toEqual([
      ['warn', undefined],
      ['error', 'timeout'],
      ['info', undefined],
    ])
  })

  test('has the time and the form of every other line', () => {
    const { logger, lines, read } = openLog()
    const before = Date.now()
    logRequest(logger, { ...record, route: 'a "quoted" route', degraded: '"', errorCode: 'x' })
    logger.info('next')
    const [told, next] = read()
    expect(told).toMatchObject({ route: 'a "quoted" route', degraded: '"', error: 'x' })
    expect(new Date(told.time as string).getTime()).toBeGreaterThanOrEqual(before)
    expect(told.time).toHaveLength((next!['time'] as string).length)
    expect(lines.every((line) => line.endsWith('}\n'))).toBe(true)
  })

  test('is silent below its level', () => {
    const { logger, lines } = openLog({ level: 'error' })
    logRequest(logger, record)
    logRequest(logger, { ...record, degraded: 'x' })
    expect(lines).toEqual([])
  })
})
