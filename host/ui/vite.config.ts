import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig, type Plugin } from 'vite'

/** What the built page may load: nothing from elsewhere, and no script or style in its text. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "font-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

/** The dev server puts styles into the page's text, so only the built page has the policy. */
function policy(): Plugin {
  return {
    name: 'policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY },
        injectTo: 'head-prepend',
      },
    ],
  }
}

/** Where the dev server finds a running `aquatint serve`. */
const server = process.env.AQUATINT_SERVER ?? 'http://127.0.0.1:7860'

export default defineConfig({
  plugins: [svelte(), policy()],
  server: { proxy: { '/api': { target: server, changeOrigin: true, headers: { origin: server } } } },
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
