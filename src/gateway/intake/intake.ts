import type { Config } from '../../config/schema.ts';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/log.ts';
import type { AlarmReport } from '../../liveview/alarms.ts';
import type { LiveView } from '../../liveview/liveview.ts';
import type { Directory } from '../../liveview/model.ts';
import type { RaiseAlarm } from '../../server/alarm-schemas.ts';
import type { GatewayCameras } from '../cameras.ts';
import { type ListenedCamera, OnvifAlarms } from './onvif.ts';
import { rulesFor } from './onvif-rules.ts';
import type { OwnSwitching } from './own-switching.ts';
import { webhookReport } from './webhook.ts';

export interface AlarmIntakeOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  readonly liveview: Pick<LiveView, 'raise' | 'openAlarm'>;
  readonly cameras: Pick<GatewayCameras, 'get'>;
  readonly directory: Pick<Directory, 'cameras'>;
  readonly ownSwitching: Pick<OwnSwitching, 'isEcho' | 'fellBack'>;
}

/** Where alarms come from, as the configuration has it now: cameras, and programs by HTTP. */
export class AlarmIntake {
  readonly #options: AlarmIntakeOptions;
  readonly #onvif: OnvifAlarms;
  #config: Config;

  constructor(options: AlarmIntakeOptions) {
    const { clock, log, liveview } = options;
    this.#options = options;
    this.#config = options.config;
    this.#onvif = new OnvifAlarms({
      ...{ clock, log },
      raise: (actor, report) => liveview.raise(actor, report),
      openAlarm: (report) => liveview.openAlarm(report),
    });
  }

  start(): void {
    this.update(this.#config);
  }

  /** The configuration, and perhaps the cameras, are others now. */
  update(config: Config): void {
    this.#config = config;
    this.#onvif.update(config.cameras.flatMap((camera) => this.#listened(camera) ?? []));
  }

  stop(): void {
    this.#onvif.stop();
  }

  /** What a program tells that came with this token; see `webhookReport`. */
  fromProgram(token: string, told: RaiseAlarm): AlarmReport | undefined {
    return webhookReport(this.#config.alarms, this.#options.directory.cameras, token, told);
  }

  #listened({ id, alarms }: Config['cameras'][number]): ListenedCamera | undefined {
    const { cameras, directory, ownSwitching } = this.#options;
    const camera = cameras.get(id);
    const known = directory.cameras.get(id);
    if (!camera?.events || !known) return undefined;
    return {
      ...{ id, name: known.name, site: known.site, events: camera.events },
      ownSources: () => camera.ownSources(),
      isEcho: (event) => ownSwitching.isEcho(camera.device, event),
      fellBack: (event) => ownSwitching.fellBack(camera.device, event),
      rules: rulesFor(alarms, this.#config.alarms.onvif),
    };
  }
}
