import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { LiveViewClient, Quality, WatchEnd, WatchingMessage } from '../../src/client/index.ts';
import { duration } from './format.ts';
import { useTexts } from './i18n.tsx';
import { ONLY_PLAYER } from './live.ts';
import type { PictureWords } from './picture-words.ts';
import { pictureWords } from './picture-words.ts';
import type { PictureStatus } from './player/live-picture.ts';
import { LivePicture } from './player/live-picture.ts';
import { type TileLook, TileName, tileClass } from './tile-name.tsx';

export interface CameraTileProps extends TileLook {
  readonly client: LiveViewClient;
  readonly camera: string;
  readonly name: string;
  readonly incident?: string;
  readonly quality?: Quality;
  /** Its first picture is on it, or the words that there is none. */
  readonly onReady?: () => void;
  readonly onSelect?: () => void;
  /** The pictures have ended for good: no more is shared. */
  readonly onOver?: (end: WatchEnd) => void;
  /** Beside the name. */
  readonly badge?: ComponentChildren;
  /** Buttons in the corner of the picture. */
  readonly children?: ComponentChildren;
}

const START: PictureStatus = {
  state: 'connecting',
  latencyMs: undefined,
  frames: 0,
  player: undefined,
  info: undefined,
  ended: undefined,
  picture: undefined,
};
/** Ends of the right to see; any other end is of the camera or the gateway, and is tried again. */
const OVER: ReadonlySet<string> = new Set([
  'incident-closed',
  'grant-withdrawn',
  'grant-expired',
  'session-ended',
  'not-shared',
  'closed',
]);
const RETRY_MS = 3_000;
/** From this delay on the badge warns. */
const LATE_MS = 1_000;

/** One live picture with its name, its measured delay, and the truth when it is not live. */
export function CameraTile(props: CameraTileProps) {
  const { camera, preparing } = props;
  const texts = useTexts();
  const mount = useRef<HTMLDivElement>(null);
  const status = useLivePicture(props, mount);
  const { state, latencyMs, frames, player, info, picture } = status;
  useReady(status, props);
  const words = pictureWords(status, texts, props.incident === undefined);
  return (
    <figure
      class={tileClass(`${state} ${words?.tone ?? 'well'}`, props)}
      inert={preparing === true}
      data-testid={preparing ? 'tile-preparing' : 'tile'}
      data-camera={camera}
      data-state={state}
      data-picture={picture?.state}
      data-frames={frames}
      data-player={player}
      data-quality={info?.quality}
      data-latency-ms={latencyMs === undefined ? undefined : Math.round(latencyMs)}
    >
      <div class="picture" ref={mount} />
      {words && <TileOverlay {...words} />}
      <figcaption>
        <TileName {...props} />
        {props.badge}
        {info && state !== 'ended' && <QualityBadge info={info} />}
        {latencyMs !== undefined && state !== 'ended' && (
          <Delay ms={latencyMs} label={texts.delay(duration(latencyMs))} />
        )}
      </figcaption>
      {props.children && <div class="tile-tools">{props.children}</div>}
    </figure>
  );
}

/** Words about a picture that does not come are something to show too. */
function useReady({ frames, state }: PictureStatus, { onReady }: CameraTileProps): void {
  const isReady = frames > 0 || state === 'ended' || state === 'unplayable';
  useEffect(() => {
    if (isReady) onReady?.();
  }, [isReady]);
}

/** Plays into `mount` while the tile is there; begins anew after an end that is nobody's decision. */
function useLivePicture(
  props: CameraTileProps,
  mount: RefObject<HTMLDivElement | null>,
): PictureStatus {
  const { client, camera, incident, quality, onOver } = props;
  const [status, setStatus] = useState(START);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (!mount.current) return;
    setStatus(START);
    const picture = new LivePicture({
      client,
      camera,
      ...(incident === undefined ? {} : { incident }),
      ...(quality === undefined ? {} : { quality }),
      ...(ONLY_PLAYER === undefined ? {} : { only: ONLY_PLAYER }),
      mount: mount.current,
      onStatus: setStatus,
    });
    return () => picture.close();
  }, [client, camera, incident, quality, attempt]);
  const { ended } = status;
  useEffect(() => {
    if (!ended) return;
    if (OVER.has(ended.code)) {
      onOver?.(ended);
      return;
    }
    const timer = setTimeout(() => setAttempt(attempt + 1), RETRY_MS);
    return () => clearTimeout(timer);
  }, [ended]);
  return status;
}

/** Which of the camera's pictures the gateway sends now, and its size. */
function QualityBadge({ info }: { info: WatchingMessage }) {
  const texts = useTexts();
  const name = texts.qualities[info.quality] ?? info.quality;
  return (
    <span class="quality" title={texts.quality(info.width, info.height)} data-testid="quality">
      {name}
    </span>
  );
}

function Delay({ ms, label }: { ms: number; label: string }) {
  return (
    <span class={`delay${ms > LATE_MS ? ' late' : ''}`} title={label} data-testid="latency">
      {duration(ms)}
    </span>
  );
}

function TileOverlay({ title, lines, tone }: PictureWords) {
  const waits = tone === 'wait';
  return (
    <div class="overlay" data-testid="tile-overlay" role={waits ? undefined : 'status'}>
      {waits && <span class="spinner" aria-hidden="true" />}
      <strong>{title}</strong>
      {lines.map((line) => (
        <span key={line}>{line}</span>
      ))}
    </div>
  );
}
