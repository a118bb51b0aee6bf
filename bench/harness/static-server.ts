/**
 * Backends where nginx is not installed: `PORT=DIRECTORY …`, each file answered as JSON from memory, any query unless the
 * file's name ends with one; without a directory, 503.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'

for (const place of process.argv.slice(2)) {
  const [port, directory = ''] = place.split('=')
  const files = directory === '' ? [] : readdirSync(directory, { recursive: true, withFileTypes: true })
  const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name))
  const bodies = new Map(paths.map((path) => [path.slice(directory.length), readFileSync(path)]))
  const missing = directory === '' ? 503 : 404
  const server = createServer((request, response) => {
    const body = bodies.get(request.url!) ?? bodies.get(request.url!.split('?', 1)[0]!)
    if (body === undefined) response.writeHead(missing).end()
    else response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body)
  })
  server.keepAliveTimeout = 0
  server.listen(Number(port), '127.0.0.1')
}
