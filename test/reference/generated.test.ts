import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import { generateFiles } from '../../scripts/generated.ts'
import { policiesExample } from '../../scripts/reference/pages/policies.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import { describeDiagnostic, projectTexts, world } from '../support/project.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const generated = await generateFiles()
const pages = [...generated].filter(([path]) => path.endsWith('.md'))

describe('what is generated from the definitions', () => {
  test.each([...generated])('%s is committed as it is generated (npm run generate)', (path, text) => {
    expect(readFileSync(join(root, path), 'utf8')).toBe(text)
  })

  test('is all that stands in its folders', () => {
    const files = ['schemas', 'docs/reference'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((path) => /\.\w+$/.test(path))
        .map((path) => `${folder}/${path}`),
    )
    // docs/images holds a photograph too.
    const own = [...generated.keys()].filter((path) => !path.startsWith('docs/images/'))
    expect(files.sort()).toEqual(own.sort())
  })
})

describe('a page of the reference', () => {
  test.each(pages)('%s leaves no cell empty', (_path, text) => {
    const rows = text.split('\n').filter((line) => line.startsWith('|'))
    expect(rows.filter((row) => /\| *\|/.test(row.replaceAll('\\|', '')))).toEqual([])
  })

  test.each(pages)('%s has no table without rows', (_path, text) => {
    expect(text).not.toMatch(/^\|(?:-+\|)+\n(?!\|)/m)
  })

  test.each(pages)('%s links to what is there', (path, text) => {
    for (const [, target] of text.matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
      const [file = '', anchor] = target!.split('#')
      const linked = file === '' ? path : join(dirname(path), file)
      expect(generated.has(linked) || existsSync(join(root, linked))).toBe(true)
      if (anchor === undefined) continue
      const titles = [...(generated.get(linked) ?? '').matchAll(/^#+ (.*)$/gm)].map(([, title]) => slugOf(title!))
      expect(titles).toContain(anchor)
    }
  })

  test.each(['gateway', 'dictionary', 'service', 'route', 'test'])('%s has an example that fits its schema', (kind) => {
    const schema = JSON.parse(generated.get(`schemas/${kind}.schema.json`)!)
    const validate = new Ajv({ strict: false }).compile(schema)
    const [example] = yamlBlocks(generated.get(`docs/reference/${kind}.md`)!)
    expect(validate(parse(example!)) ? [] : validate.errors).toEqual([])
  })

  test('about policies has an example that loads', () => {
    const files = { ...world, 'services/reco': policiesExample }
    const { diagnostics } = buildSnapshot(projectTexts(files))
    expect(diagnostics.filter(({ severity }) => severity !== 'hint').map(describeDiagnostic)).toEqual([])
  })
})

function yamlBlocks(page: string): string[] {
  return [...page.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, text]) => text!)
}

/** The anchor that a heading gets, as GitHub makes it. */
function slugOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-')
}
