/**
 * `npm run trouble`: what is wrong with the demo backends, and making it worse.
 *
 *     npm run trouble                          every service and its trouble
 *     npm run trouble -- reco status 500       answers 500
 *     npm run trouble -- reco delay 2000       answers after 2 s
 *     npm run trouble -- reco refuse 10        refuses connections for 10 s
 *     npm run trouble -- reco reset --rate 0.3 --for 20
 *     npm run trouble -- all none              heals everything
 */
import { parseArgs } from 'node:util'
import { type TroubleMode, troubleModes } from './http/trouble.ts'

const control = process.env.DEMO_CONTROL ?? `http://127.0.0.1:${process.env.DEMO_PORT_BASE ?? 9000}`
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rate: { type: 'string' }, for: { type: 'string' } },
})
const [service = '', mode, value] = positionals

interface State {
  service: string
  url: string
  pid: number
  requests?: number
  trouble?: { mode: TroubleMode } & Record<string, unknown>
  ended?: string
}

if (service !== '' && mode === undefined) {
  console.error('give a service and a mode:')
  for (const [name, meaning] of Object.entries(troubleModes)) console.error(`  ${name.padEnd(8)} ${meaning}`)
  process.exitCode = 2
} else await run()

async function run(): Promise<void> {
  try {
    if (mode !== undefined) await order()
    const states = (await (await fetch(control)).json()) as State[]
    for (const { service, url, trouble, requests, ended } of states) {
      const { mode: now = 'none', ...details } = trouble ?? {}
      const more = Object.entries(details).map(([key, given]) => ` ${key}=${given}`)
      console.log(`${service.padEnd(8)} ${url}  ${ended ?? `${now}${more.join('')}`}  (${requests ?? 0} requests)`)
    }
  } catch (error) {
    const unreachable = error instanceof TypeError
    console.error(unreachable ? `no demo at ${control}: start it with npm run demo` : (error as Error).message)
    process.exitCode = 1
  }
}

async function order(): Promise<void> {
  const key = ({ status: 'status', delay: 'ms', refuse: 'for' } as Record<string, string>)[mode!]
  const body = {
    mode,
    ...(key && value !== undefined && { [key]: Number(value) }),
    ...(values.rate !== undefined && { rate: Number(values.rate) }),
    ...(values.for !== undefined && { for: Number(values.for) }),
  }
  const answer = await fetch(`${control}/${service}`, { method: 'POST', body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(((await answer.json()) as { message: string }).message)
}
