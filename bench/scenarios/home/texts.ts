import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const directory = fileURLToPath(new URL('.', import.meta.url))
const read = (path: string) => readFileSync(`${directory}${path}`, 'utf8')

/** The home gateway with its services and dictionary, and these routes by name in place of its own. */
export function homeWithRoutes(routes: Readonly<Record<string, string>>): Record<string, string> {
  const kept = [
    'gateway.yaml',
    'dictionary.yaml',
    ...readdirSync(`${directory}services`).map((name) => `services/${name}`),
  ]
  return Object.fromEntries([
    ...kept.map((path) => [path, read(path)]),
    ...Object.entries(routes).map(([name, text]) => [`routes/${name}.yaml`, text]),
  ])
}

/** The text of the home page's route. */
export const homeRoute = read('routes/home.yaml')
