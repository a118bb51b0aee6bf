import { type DemoBackends, type DemoOptions, startDemoBackends } from '../../demo/backends.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes, and a wrong look fails the test
export type Json = any

/** The demo backends on free ports, without latency. */
export function startFastDemo(options: DemoOptions = {}): Promise<DemoBackends> {
  return startDemoBackends({ portBase: 0, env: { DEMO_LATENCY: '0' }, ...options })
}

export async function getJson(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Json }> {
  const response = await fetch(url, { headers })
  return { status: response.status, body: await response.json() }
}

export async function postJson(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Json }> {
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: response.status, body: await response.json() }
}
