import { createServer } from 'node:http'

/**
 * The backends that `tessera dev` starts beside the gateway (not with --no-demo; `tessera serve` never does). It is
 * told where they listen by `env`, which the files of config/services/ read. Delete this folder when you have your own.
 */
export async function startDemoBackends() {
  const greeter = createServer((request, response) => {
    const name = new URLSearchParams(request.url.split('?')[1]).get('name')
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ text: `Good morning, ${name}!` }))
  })
  await new Promise((resolve, reject) => {
    greeter.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  const url = `http://127.0.0.1:${greeter.address().port}`
  return {
    services: [{ name: 'greeter', url }],
    env: { GREETER_URL: url },
    async stop() {
      greeter.close()
      greeter.closeAllConnections()
    },
  }
}
