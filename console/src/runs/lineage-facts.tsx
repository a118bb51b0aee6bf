import type { Lineage } from '../../../src/history/lineage/lineage.ts'
import { printMs } from '../figures.ts'
import { hrefOf } from '../location.ts'
import { Link } from '../parts/link.tsx'

interface LineageFactsProps {
  readonly member: string
  readonly lineage: readonly Lineage[]
  readonly chooseStep: (name: string) => void
}

/** Where a member of the answer came from. */
export function LineageFacts({ member, lineage, chooseStep }: LineageFactsProps) {
  return (
    <section aria-labelledby="member-name">
      <h2 id="member-name">
        <code>{member}</code>
      </h2>
      {lineage.length === 0 && <p className="hint">It is of the template itself, or of several members below.</p>}
      {lineage.map((one) => (
        <dl key={`${one.member} ${one.color} ${one.at}`} className="pairs">
          <dt>Color</dt>
          <dd>
            <Link to={hrefOf(['dictionary', one.color])} className="color-name">
              {one.color}
            </Link>
          </dd>
          {one.step !== undefined && (
            <>
              <dt>Step</dt>
              <dd>
                <button type="button" className="button small" onClick={() => chooseStep(one.step!)}>
                  {one.step}
                </button>
                {one.operation}
              </dd>
            </>
          )}
          {one.from !== undefined && (
            <>
              <dt>From</dt>
              <dd>
                <code>{one.from}</code>
              </dd>
            </>
          )}
          <dt>Source</dt>
          <dd>
            {one.source ?? (one.operation === undefined ? 'made by the step' : 'was not run')}
            {one.attempt !== undefined && `, attempt ${one.attempt}`}
            {one.ms !== undefined && `, ${printMs(one.ms)}`}
          </dd>
          <dt>Read in</dt>
          <dd>
            <code>{one.at}</code>
          </dd>
          {one.mappedAt !== undefined && (
            <>
              <dt>Mapped in</dt>
              <dd>
                <code>{one.mappedAt}</code>
              </dd>
            </>
          )}
        </dl>
      ))}
    </section>
  )
}
