import { sendBytes, type Upload } from '../api/client'
import { form, usualStart } from '../state/form.svelte'
import { router } from '../state/router.svelte'

/** A picture's file as PNG: as it is, or drawn anew where it is of another kind. */
export async function asPng(file: Blob): Promise<Blob> {
  if (file.type === 'image/png') return file
  const bitmap = await createImageBitmap(file)
  const canvas = document.createElement('canvas')
  canvas.width = bitmap.width
  canvas.height = bitmap.height
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0)
  bitmap.close()
  return canvasPng(canvas)
}

export function canvasPng(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the picture is too large'))), 'image/png')
  })
}

export async function upload(file: Blob): Promise<Upload> {
  return sendBytes<Upload>('/uploads', await asPng(file), 'image/png')
}

/** Makes a picture the one that drawing begins from. */
export async function useAsStart(file: Blob) {
  const kept = await upload(file)
  const before = form.start
  form.start = { ...usualStart(kept.id, kept.width, kept.height), strength: before?.strength ?? 0.75 }
  router.go('make')
}
