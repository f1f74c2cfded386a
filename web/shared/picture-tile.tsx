import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { useTexts } from './i18n.tsx';
import { inWords } from './reasons.ts';
import { type TileLook, TileName, tileClass } from './tile-name.tsx';
import { type LoadedPicture, usePicture } from './use-picture.ts';

export interface PictureTileProps extends TileLook {
  /** Of the gateway. */
  readonly url: string;
  readonly name: string;
  readonly testid: string;
  /** The plan or the image. */
  readonly id: string;
  readonly onReady?: () => void;
  readonly onSelect?: () => void;
  /** Draws the picture; an image with its name unless given. */
  readonly draw?: (src: string) => ComponentChildren;
  /** Buttons in the corner. */
  readonly children?: ComponentChildren;
}

/** A plan or an image on the wall, with its name, and with words where it cannot be shown. */
export function PictureTile(props: PictureTileProps) {
  const { url, name, testid, id, preparing, onReady } = props;
  const picture = usePicture(url);
  const isReady = picture.state !== 'loading';
  useEffect(() => {
    if (isReady) onReady?.();
  }, [isReady]);
  return (
    <figure
      class={tileClass('still', props)}
      data-testid={preparing ? `${testid}-preparing` : testid}
      data-id={id}
      data-state={picture.state}
      inert={preparing === true}
    >
      <div class="picture">
        {picture.state === 'ready' &&
          (props.draw?.(picture.src) ?? <img src={picture.src} alt={name} />)}
      </div>
      <Words picture={picture} />
      <figcaption>
        <TileName {...props} />
      </figcaption>
      {props.children && <div class="tile-tools">{props.children}</div>}
    </figure>
  );
}

function Words({ picture }: { picture: LoadedPicture }) {
  const texts = useTexts();
  if (picture.state === 'ready') return null;
  return (
    <div class="overlay" data-testid="tile-overlay" role="status">
      {picture.state === 'loading' ? (
        <span class="spinner" aria-hidden="true" />
      ) : (
        <strong>{texts.plans.failed(inWords(picture.reason, texts))}</strong>
      )}
    </div>
  );
}
