import type { Explainer } from 'gradlens';
import { useEffect, useRef, useState } from 'react';

/** A photo, what the network takes it for, and the map of where it looked. */
export function ExplainedPhoto({ explainer, photo }: { explainer: Explainer; photo: Blob }) {
  const image = useRef<HTMLImageElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const [caption, setCaption] = useState('');

  useEffect(() => {
    const address = URL.createObjectURL(photo);
    image.current!.src = address;
    return () => URL.revokeObjectURL(address);
  }, [photo]);

  useEffect(() => {
    const left = new AbortController();
    const explain = async () => {
      const picture = await pixels(photo);
      const explanation = await explainer.explain(picture, { signal: left.signal });
      Object.assign(overlay.current!, { width: picture.width, height: picture.height });
      await explanation.drawOn(overlay.current!);
      setCaption(`${explanation.label}, ${Math.round(100 * explanation.probability)} %`);
    };
    // Setting the width clears the map of the photo before.
    overlay.current!.width = 1;
    setCaption('Looking …');
    explain().catch((error: Error) => !left.signal.aborted && setCaption(error.message));
    return () => left.abort();
  }, [explainer, photo]);

  return (
    <figure>
      <img ref={image} alt="The chosen photo" />
      <canvas ref={overlay} />
      <figcaption role="status">{caption}</figcaption>
    </figure>
  );
}

async function pixels(photo: Blob): Promise<ImageData> {
  const bitmap = await createImageBitmap(photo);
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, bitmap.width, bitmap.height);
}
