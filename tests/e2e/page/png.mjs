// Small grey PNGs with texts in them, as other programs write them.
import { crc32, deflateSync } from 'node:zlib'

const SIDE = 16

function chunk(kind, data) {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}

/** A PNG with these texts, by their keys. */
export function png(texts) {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(SIDE, 0)
  head.writeUInt32BE(SIDE, 4)
  head[8] = 8
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(SIDE, 128)])
  const pixels = deflateSync(Buffer.concat(Array.from({ length: SIDE }, () => row)))
  const said = Object.entries(texts).map(([key, text]) => chunk('tEXt', Buffer.from(`${key}\0${text}`, 'latin1')))
  const mark = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10])
  return Buffer.concat([mark, chunk('IHDR', head), ...said, chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))])
}

/** As A1111 writes it, with something that nobody knows. */
export const a1111 = png({
  parameters:
    'a red apple\nNegative prompt: blurry\nSteps: 7, Sampler: Euler a, CFG scale: 5, Seed: 42, Size: 64x64, Model: of-others, Strange thing: 5',
})

const node = (class_type, inputs) => ({ class_type, inputs })
/** As ComfyUI writes it. */
export const comfy = png({
  prompt: JSON.stringify({
    3: node('KSampler', {
      ...{ seed: 42, steps: 7, cfg: 5, sampler_name: 'euler', scheduler: 'normal', denoise: 1 },
      ...{ model: ['4', 0], positive: ['6', 0], negative: ['7', 0], latent_image: ['5', 0] },
    }),
    4: node('CheckpointLoaderSimple', { ckpt_name: 'of-others.safetensors' }),
    5: node('EmptyLatentImage', { width: 64, height: 64, batch_size: 1 }),
    6: node('CLIPTextEncode', { text: 'a red apple', clip: ['4', 1] }),
    7: node('CLIPTextEncode', { text: 'blurry', clip: ['4', 1] }),
    8: node('VAEDecode', { samples: ['3', 0], vae: ['4', 2] }),
    9: node('SaveImage', { images: ['8', 0], filename_prefix: 'x' }),
  }),
})
