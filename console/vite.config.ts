import { defineConfig } from 'vite'

/** Built files are served by the admin listener at /console (`src/server/admin/console/files.ts`). */
export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    target: 'es2024',
    assetsInlineLimit: 0,
    rolldownOptions: {
      // `use client` is a word to servers that render.
      onwarn: (warning, tell) => warning.code !== 'MODULE_LEVEL_DIRECTIVE' && tell(warning),
    },
  },
  // `npx vite console` beside a running gateway.
  server: { proxy: { '/-': 'http://127.0.0.1:9900' } },
})
