import { expect, test } from '@jest/globals'
import { findDemo } from '../../src/cli/demo-backends.ts'
import { createProject, projectRoot } from '../support/tessera.ts'

test('finds the demo of a checkout', () => {
  expect(findDemo(projectRoot)).toBe(`${projectRoot}/demo/main.ts`)
})

test('leaves a file alone that only has the name of a demo, and misses none', async () => {
  const project = await createProject({ 'demo/main.ts': 'process.exit(7) // startDemoBackends is not exported here' })
  expect(findDemo(project.root)).toBeUndefined()
  await project.remove()
  expect(findDemo(project.root)).toBeUndefined()
})
