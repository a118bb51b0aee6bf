import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { bindSeveral } from '../../src/server/http/bind-several.ts'
import { closeNow, createListener, defaultLimits } from '../../src/server/http/listener.ts'
import { afterTest } from '../support/cleanup.ts'

async function bindOne(port: number, onConnection = () => {}): Promise<number> {
  const handlers = { onRequest: () => {}, takesUpgrade: () => false, onUpgrade: () => {} }
  const create = () => createListener(handlers, defaultLimits).on('connection', onConnection)
  const bound = await bindSeveral(create, { host: '127.0.0.1', port })
  afterTest(() => {
    for (const server of bound.servers) closeNow(server)
  })
  return bound.port
}

describe('several sockets of one port', () => {
  test('are refused where it is taken, also by others who share it', async () => {
    const port = await bindOne(0)
    await expect(bindOne(port)).rejects.toMatchObject({ code: 'EADDRINUSE', port })
  })

  test('are free for the next who asks when they are closed', async () => {
    const create = () => createListener({ onRequest: () => {}, takesUpgrade: () => false, onUpgrade: () => {} })
    const { servers, port } = await bindSeveral(create, { host: '127.0.0.1', port: 0 })
    const closed = servers.map((server) => once(server, 'close'))
    for (const server of servers) closeNow(server)
    await Promise.all(closed)
    expect(await bindOne(port)).toBe(port)
  })

  const linuxTest = process.platform === 'linux' ? test : test.skip
  linuxTest('accept many connections in one turn of the loop', async () => {
    let accepted = 0
    const port = await bindOne(0, () => void accepted++)
    const sockets = Array.from({ length: 200 }, () => connect(port, '127.0.0.1').on('error', () => {}))
    afterTest(() => {
      for (const socket of sockets) socket.destroy()
    })
    let turns = 0
    for (; accepted < sockets.length && turns < 10_000; turns++) await new Promise((resolve) => setImmediate(resolve))
    expect(accepted).toBe(200)
    expect(turns).toBeLessThan(100)
  })
})
