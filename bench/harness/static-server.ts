/** Backends where nginx is not installed: `PORT=DIRECTORY …`, each file answered as JSON from memory, any query. */
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'

for (const place of process.argv.slice(2)) {
  const [port, directory = ''] = place.split('=')
  const bodies = new Map(readdirSync(directory).map((name) => [`/${name}`, readFileSync(join(directory, name))]))
  const server = createServer((request, response) => {
    const body = bodies.get(request.url!.split('?', 1)[0]!)
    if (body === undefined) response.writeHead(404).end()
    else response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body)
  })
  server.keepAliveTimeout = 0
  server.listen(Number(port), '127.0.0.1')
}
