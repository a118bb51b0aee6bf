export { runToEnd, type Work } from '../work.ts'
