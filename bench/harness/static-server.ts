/**
 * Backends where nginx is not installed: `PORT=DIRECTORY …`, each file answered as JSON from memory, any query; without
 * a directory, 503.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'

for (const place of process.argv.slice(2)) {
  const [port, directory = ''] = place.split('=')
  const names = directory === '' ? [] : readdirSync(directory)
  const bodies = new Map(names.map((name) => [`/${name}`, readFileSync(join(directory, name))]))
  const missing = directory === '' ? 503 : 404
  const server = createServer((request, response) => {
    const body = bodies.get(request.url!.split('?', 1)[0]!)
    if (body === undefined) response.writeHead(missing).end()
    else response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body)
  })
  server.keepAliveTimeout = 0
  server.listen(Number(port), '127.0.0.1')
}
