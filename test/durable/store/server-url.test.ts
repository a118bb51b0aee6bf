import { expect, test } from '@jest/globals'
import { faultOfServerUrl } from '../../../src/config/postgres-url.ts'
import { serverOf } from '../../../src/durable/store/server-url.ts'
import { EnvText, readVariables } from '../../../src/environment.ts'
import { buildSnapshot } from '../../../src/plan/build.ts'
import { projectTexts } from '../../support/project.ts'

const passwordOf = ({ password }: { password?: unknown }) => (password as () => string)()

test.each([
  ['mysql://u@db/x', 'it is no URL of a PostgreSQL'],
  ['postgres:', 'it is no URL of a PostgreSQL'],
  ['./data', 'it is no URL of a PostgreSQL'],
  ['postgres://db/runs', 'it names no user'],
  ['postgres://u@db', 'it names no database'],
  ['postgres://u@db/runs?sslmode=prefer', 'its sslmode is none of disable, require, verify-full'],
  ['postgres://u@db/runs?pool=3', 'it has a parameter `pool`; known are sslmode, sslrootcert'],
])('%s is refused: %s', (url, fault) => {
  expect(faultOfServerUrl(url)).toBe(fault)
})

test('`check` tells what is wrong with a URL, and not the URL', () => {
  const check = (url: string) =>
    buildSnapshot(projectTexts({ gateway: `stores: { durable: '${url}' }`, dictionary: 'colors: {}' })).diagnostics
  expect(check('postgres://u:hush@db/runs?sslmode=prefer').map(({ message }) => message)).toEqual([
    'the URL of the database cannot be used: its sslmode is none of disable, require, verify-full',
  ])
})

test('a URL says where, as whom, and by which TLS; people are told neither user nor password', () => {
  const { target, describe } = serverOf('postgresql://me:p%40ss@db.example:6432/runs?sslmode=verify-full')
  expect(target).toMatchObject({ host: 'db.example', port: 6432, user: 'me', database: 'runs' })
  expect(target.ssl).toEqual({ rejectUnauthorized: true })
  expect(passwordOf(target)).toBe('p@ss')
  expect(describe).toBe('postgres://db.example:6432/runs')
  expect(serverOf('postgres://me@[::1]/runs').target).toMatchObject({ host: '::1', port: 5432, ssl: false })
})

test('a password of a variable may have any characters, and a URL may be a variable as a whole', () => {
  const part = readVariables('postgres://me:${env.SECRET}@db/runs', { SECRET: 'a/b@c:d?#%' }, () => {})
  expect(part).toBeInstanceOf(EnvText)
  expect(passwordOf(serverOf(part!).target)).toBe('a/b@c:d?#%')
  const whole = readVariables('${env.DB}', { DB: 'postgres://me:s@db/runs' }, () => {})
  expect(serverOf(whole!).target).toMatchObject({ host: 'db' })
})
