import { useQuery } from '@tanstack/react-query'

/** What the admin listener refused, in its own words. */
export class Refusal extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Asks the admin listener. @throws Refusal */
export async function ask<Answer>(path: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(path, { ...init, headers: { accept: 'application/json', ...init?.headers } })
  const text = await response.text()
  const body = text === '' ? undefined : (JSON.parse(text) as unknown)
  if (response.ok) return body as Answer
  const { title, detail } = (body ?? {}) as { title?: string; detail?: string }
  throw new Refusal(response.status, detail ?? title ?? `The gateway answered ${response.status}.`)
}

/** The same for a view, again every so often; `everyMs` undefined: once; `path` undefined: never. */
export function useAnswer<Answer>(path: string | undefined, everyMs?: number) {
  return useQuery<Answer>({
    queryKey: [path],
    queryFn: () => ask<Answer>(path!),
    enabled: path !== undefined,
    ...(everyMs !== undefined && { refetchInterval: everyMs }),
  })
}
