import { useAnswer } from '../api.ts'
import { State } from '../parts/state.tsx'

interface Config {
  readonly version: string
  readonly listen: readonly { readonly name: string; readonly host?: string; readonly port: number }[]
  readonly admin: { readonly host: string; readonly port: number }
}

interface Reload {
  readonly ok: boolean
  readonly diagnostics: readonly { readonly severity: string; readonly printed: string }[]
}

/** What runs: its version, listeners, and what the last reload found. */
export function About() {
  const config = useAnswer<Config>('/-/config')
  const reload = useAnswer<Reload>('/-/diagnostics', 5000)
  return (
    <>
      <h1>About</h1>
      <State of={config}>
        {({ version, listen, admin }) => (
          <dl className="pairs">
            <dt>Configuration</dt>
            <dd>
              <code>{version}</code>
            </dd>
            <dt>Listeners</dt>
            <dd>{listen.map(({ name, host = '', port }) => `${name} ${host}:${port}`).join(', ')}</dd>
            <dt>Admin</dt>
            <dd>
              {admin.host}:{admin.port}
            </dd>
          </dl>
        )}
      </State>
      <h2>Last reload</h2>
      <State of={reload}>
        {({ ok, diagnostics }) => (
          <>
            <p className={ok || diagnostics.length === 0 ? '' : 'failing-text'}>
              {ok || diagnostics.length === 0
                ? 'What is on disk serves.'
                : 'It was refused; what served before serves on.'}
            </p>
            {diagnostics.map(({ printed }) => (
              <pre key={printed} className="diagnostic">
                {printed}
              </pre>
            ))}
          </>
        )}
      </State>
    </>
  )
}
