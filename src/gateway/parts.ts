import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Side } from '../access/caller.ts';
import { CertificateRooms } from '../access/certificate-rooms.ts';
import { EndedSessions } from '../access/ended-sessions.ts';
import { KnownPlaces } from '../access/known-places.ts';
import { DirectoryLogin, termsHash } from '../access/openid/directory-login.ts';
import { DirectoryLogouts } from '../access/openid/logouts.ts';
import { DirectoryStanding } from '../access/openid/standing.ts';
import { SessionFile } from '../access/session-file.ts';
import { SESSION_LIMITS, Sessions } from '../access/sessions.ts';
import { warnOfSharedNames } from '../access/shared-names.ts';
import { TokenUseLog, TokenUses } from '../access/token-uses.ts';
import { TokenStore } from '../access/tokens.ts';
import { UserStore } from '../access/users.ts';
import type { Dc09Receiver } from '../alarms/dc09/receiver.ts';
import { OnvifWorkerPool } from '../cameras/onvif/worker-pool.ts';
import type { Config, ListenerConfig } from '../config/schema.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import { EgressRecorder } from '../egress/recorder.ts';
import { MAX_SOURCE_BYTES } from '../images/bounds.ts';
import { ImageStore } from '../images/image-store.ts';
import { PictureMaker } from '../images/picture-maker.ts';
import { KeyFile } from '../journal/key-file.ts';
import { KeyRing } from '../journal/key-ring.ts';
import { openJournal, type SqliteJournal } from '../journal/sqlite-journal.ts';
import { LiveView } from '../liveview/liveview.ts';
import type { Demonstration, ListenerDeps } from '../server/deps.ts';
import { createListener, type Listener } from '../server/listener.ts';
import { Hub } from '../video/hub/hub.ts';
import { HostBudget } from '../video/source/host-budget.ts';
import { Encoders } from '../video/transcode/encoders.ts';
import { adapting } from './adapting.ts';
import { GatewayCameras } from './cameras.ts';
import { Certificates } from './certificates.ts';
import { ConfiguredDirectory } from './directory.ts';
import { EncoderPlaces } from './encoder-places.ts';
import { openFeed } from './feeds.ts';
import { FfmpegCheck } from './ffmpeg-check.ts';
import { panelReceiver } from './intake/dc09.ts';
import { AlarmIntake } from './intake/intake.ts';
import { OwnSwitching } from './intake/own-switching.ts';
import { registerPanelFigures } from './intake/panel-figures.ts';
import { JournalCare } from './journal-care.ts';
import { listenerOptions } from './listeners.ts';
import { createMetrics } from './metrics.ts';
import { closeUnusedEncoders, mediaOpener } from './open-media.ts';
import { openIdTerms } from './openid.ts';
import { PictureFigures } from './picture-figures.ts';
import { PlanFiles } from './plan-files.ts';
import { Line } from './quality/line.ts';
import { LineSnapshots, type TakeSnapshot } from './quality/line-snapshots.ts';
import { QualityFigures } from './quality/quality-figures.ts';
import { qualityMedia } from './quality/quality-media.ts';
import { QuirksFile } from './quirks-file.ts';
import { Renditions } from './renditions.ts';
import { Snapshots } from './snapshot.ts';
import { tellingMedia } from './telling-media.ts';
import { Warmth } from './warmth.ts';

/** How long a camera is kept after its last viewer left: tiles are switched back and forth. */
const FEED_GRACE_MS = 10_000;

/** Everything that a gateway consists of, wired and not yet started. */
export interface Parts {
  readonly journal: SqliteJournal;
  readonly journalCare: JournalCare;
  readonly egress: EgressRecorder;
  readonly directory: ConfiguredDirectory;
  readonly pool: OnvifWorkerPool;
  readonly cameras: GatewayCameras;
  readonly ffmpeg: FfmpegCheck;
  readonly encoders: Encoders;
  readonly hub: Hub;
  readonly liveview: LiveView;
  readonly planFiles: PlanFiles;
  readonly intake: AlarmIntake;
  readonly warmth: Warmth;
  readonly users: UserStore;
  readonly sessions: Sessions;
  readonly certificates: Certificates;
  readonly certificateRooms: CertificateRooms;
  /** Undefined when no panels are configured. */
  readonly panels: Dc09Receiver | undefined;
  readonly centre: Listener;
  readonly police: Listener | undefined;
}

export interface PartsOptions {
  readonly config: Config;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly demonstration?: Demonstration | undefined;
}

/** @throws LiveViewError `journal-unreadable`, those of certificates; nothing is left open then. */
export function buildParts(options: PartsOptions): Parts {
  const { clock, log, dataDir } = options;
  const keys = new KeyRing(new KeyFile(dataDir), log, clock);
  const journal = openJournal(join(dataDir, 'journal.db'), { clock, log, keys });
  try {
    return wire(options, journal);
  } catch (error) {
    journal.close();
    throw error;
  }
}

function wire(options: PartsOptions, journal: SqliteJournal): Parts {
  const { config, dataDir, clock, log } = options;
  const directory = new ConfiguredDirectory(config);
  const pool = new OnvifWorkerPool({ clock, log });
  const quirks = new QuirksFile(dataDir, log);
  const budget = new HostBudget({ clock, limit: config.gateway.sessionsPerHost });
  const figures = new PictureFigures();
  const ffmpeg = new FfmpegCheck(log);
  const renditions = new Renditions(config.transcode);
  const encoders = encodersOf(config, clock, log);
  const places = new EncoderPlaces(encoders);
  const cameras: GatewayCameras = new GatewayCameras({
    ...{ clock, log, pool, quirks, budget },
    onPicture: (...change) => figures.changed(...change),
    adapt: adapting({
      ...{ clock, encoders, places, ffmpeg, rung: config.transcode.full },
      closeUnused: () => closeUnusedEncoders({ hub, renditions, cameras }),
    }),
  });
  const hub: Hub = new Hub({
    clock,
    log,
    graceMs: FEED_GRACE_MS,
    openFeed: (camera, name, sink) =>
      openFeed({ clock, log, cameras, renditions, encoders, places, hub }, camera, name, sink),
  });
  const controls = (camera: string) => cameras.get(camera)?.control;
  const pictures = new ImageStore(join(dataDir, 'images'), log);
  const ownSwitching = new OwnSwitching(clock);
  const liveview = new LiveView({
    ...{ clock, journal, directory, controls, log, pictures },
    switches: (id) => {
      const camera = cameras.get(id);
      return camera?.outputs && ownSwitching.noting(camera.device, camera.outputs);
    },
    pointing: async (camera) => controls(camera)?.position(),
  });
  const maker = new PictureMaker({ clock });
  const planFiles = new PlanFiles({ pictures: liveview.pictures, maker, log });
  const intake = new AlarmIntake({
    ...{ config, clock, log, liveview, cameras, directory, ownSwitching },
  });
  const warmth = new Warmth({
    hub,
    cameras: () =>
      cameras.warmPolicies().map((each) => ({
        ...each,
        site: directory.cameras.get(each.id)?.site,
      })),
    wakefulSites: () => liveview.wakefulSites(),
    onWaking: (listener) =>
      liveview.subscribe(({ kind }) => {
        if (kind === 'incident' || kind === 'alarm') listener();
      }),
  });
  const certificates = new Certificates(clock, log);
  const certificateRooms = new CertificateRooms(config.controlRooms);
  const panels =
    config.alarms.dc09 &&
    panelReceiver({ config: config.alarms.dc09, clock, log, liveview, certificates });
  const egress = new EgressRecorder({
    ...{ folder: join(dataDir, 'egress'), clock, log },
    newestEntry: () => journal.newest,
  });
  const journalCare = new JournalCare({
    ...{ journal, clock, log, keepDays: config.journal.keepDays },
    forget: (beforeUnixUs) => {
      liveview.forgetBefore(beforeUnixUs);
      egress.forgetBefore(beforeUnixUs);
    },
  });
  const users = new UserStore(dataDir, clock);
  const tokens = new TokenStore(dataDir, clock);
  warnOfSharedNames(dataDir, log);
  const tokenUses = new TokenUseLog({ file: new TokenUses(dataDir), tokens, clock, log });
  const file = new SessionFile(dataDir, log);
  const limits = {
    ...SESSION_LIMITS,
    idleMs: config.access.idleMinutes * 60_000,
    absoluteMs: config.access.sessionHours * 3_600_000,
  };
  const { openid } = config.access;
  const terms = openid && openIdTerms(openid);
  const standing =
    terms && new DirectoryStanding(termsHash(terms), new DirectoryLogouts(dataDir, clock));
  const sessions = new Sessions({
    ...{ clock, users, tokens, file, tokenUses, limits, directory: standing },
    ended: new EndedSessions(dataDir),
    local: {
      localUsers: openid?.localUsers ?? true,
      secondFactorFor: config.access.secondFactor,
    },
  });
  const directoryLogin = terms && new DirectoryLogin({ terms, sessions, journal, clock, log });
  const openMedia = mediaOpener({ hub, cameras, renditions, ffmpeg });
  const qualities = new QualityFigures();
  const maxMbit = config.police?.maxMbit;
  const line = maxMbit === undefined ? undefined : new Line(clock, maxMbit * 1_000);
  const media = qualityMedia(openMedia, { config, clock, cameras, line, figures: qualities });
  const own = async (camera: string) => cameras.get(camera)?.snapshot();
  const snapshot = snapshotsOf(new Snapshots({ openMedia, own, clock }), line, clock);
  const video = { hub, cameras, ffmpeg, encoders };
  const domain = { journal, egress, directory, liveview, planFiles, intake, panels, certificates };
  const deps = {
    ...serving(config, { ...video, figures, qualities }, domain),
    ...{ users, tokens, sessions, clock, log, certificateRooms },
    secondFactorFor: config.access.secondFactor,
    knownPlaces: new KnownPlaces(clock, { users, dataDir, log }),
    demonstration: options.demonstration,
    pictureMaker: {
      maxBytes: MAX_SOURCE_BYTES,
      make: (bytes: Buffer, page?: number) => maker.make(bytes, page),
    },
  };
  const seenBy = (side: Side) => ({
    ...deps,
    openMedia: tellingMedia(media[side], cameras),
    snapshot: snapshot[side],
  });
  const listener = (side: Side, configured: ListenerConfig, more: Partial<ListenerDeps> = {}) =>
    createListener(listenerOptions(side, configured, { ...seenBy(side), ...more }, certificates));
  const centre = listener(
    'centre',
    config.centre,
    openid && directoryLogin
      ? { openid: { login: directoryLogin, name: openid.name, localUsers: openid.localUsers } }
      : {},
  );
  const police = config.police && listener('police', config.police);
  const services = { journalCare, warmth, pool, users, sessions, certificateRooms };
  return { ...video, ...domain, ...services, centre, police };
}

/** Those of the control rooms go over the line that their pictures share. */
function snapshotsOf(
  snapshots: Snapshots,
  line: Line | undefined,
  clock: Clock,
): Record<Side, TakeSnapshot> {
  const take: TakeSnapshot = (permit, wish) => snapshots.take(permit, wish);
  if (!line) return { centre: take, police: take };
  const metered = new LineSnapshots({ clock, line, take });
  return { centre: take, police: (permit, wish) => metered.take(permit, wish) };
}

function encodersOf({ transcode }: Config, clock: Clock, log: Logger): Encoders {
  const { encoder: wanted, device, maxEncoders: max } = transcode;
  return new Encoders({ wanted, device, max, clock, log });
}

/** What the listeners are told of all this; of video itself they have a function that takes a permit. */
function serving(
  config: Config,
  video: Pick<Parts, 'hub' | 'cameras' | 'encoders'> & {
    figures: PictureFigures;
    qualities: QualityFigures;
  },
  domain: Pick<
    Parts,
    | 'journal'
    | 'egress'
    | 'directory'
    | 'liveview'
    | 'planFiles'
    | 'intake'
    | 'panels'
    | 'certificates'
  >,
): Omit<ListenerDeps, 'openMedia' | 'users' | 'tokens' | 'sessions' | 'clock' | 'log'> {
  const { hub, cameras, encoders, figures, qualities } = video;
  const { journal, egress, directory, liveview, planFiles, intake, panels, certificates } = domain;
  const metrics = createMetrics(hub, liveview, encoders, journal);
  figures.register(metrics, () => cameras.all());
  qualities.register(metrics);
  if (panels) registerPanelFigures(metrics, panels);
  certificates.register(metrics);
  return {
    liveview,
    viewings: liveview.viewings,
    journal,
    egress,
    directory,
    gatewayName: config.gateway.name,
    ptz: (camera: string) => cameras.ptz(camera),
    pictures: (camera: string) => cameras.get(camera)?.pictures.all() ?? [],
    sourceReport: (token, told) => intake.fromProgram(token, told),
    webRoot: fileURLToPath(new URL('../../web/dist/', import.meta.url)),
    metrics,
    status: () => ({
      ready: journal.healthy,
      problems: [
        ...(journal.healthy
          ? []
          : ['the journal cannot be written; nothing can be shared or moved']),
        ...(journal.signingProblem === undefined ? [] : [journal.signingProblem]),
        ...(egress.problem === undefined ? [] : [egress.problem]),
        ...(encoders.problem === undefined ? [] : [encoders.problem]),
        ...cameras.problems(),
        ...planFiles.problems,
        ...certificates.problems,
      ],
    }),
  };
}
