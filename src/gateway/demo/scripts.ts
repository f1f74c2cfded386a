import { ACT_SECONDS, type ActName } from '../../simulator/scene/acts.ts';
import type { Question } from './control-room.ts';
import type { Script } from './presenter.ts';

/** What the scripts have at hand. */
export interface Props {
  /** In front of the virtual cameras. */
  play(act: ActName): void;
  /** The virtual alarm panel at the jeweller's: a hold-up button, by its number. */
  pressHoldUp(button: number): Promise<void>;
  /** The control room asks the centre for images of the square, as every control room does. */
  askForImages(question: Question): Promise<void>;
}

/** For what is to be done when it is over. */
const AFTERWARDS_SECONDS = 15;

/** The two incidents of a workshop: the centre is called by a panel, and by a control room. */
export function demonstrationScripts(props: Props): readonly Script[] {
  return [robbery(props), disturbance(props)];
}

function robbery({ play, pressHoldUp }: Props): Script {
  return {
    id: 'robbery',
    title: { nl: 'Overval op een juwelier', en: 'Armed robbery at a jeweller' },
    seconds: ACT_SECONDS.robbery + AFTERWARDS_SECONDS,
    steps: [
      {
        afterSeconds: 0,
        text: {
          nl: 'Twee gemaskerde mannen lopen de winkel in.',
          en: 'Two masked men walk into the shop.',
        },
        run: () => play('robbery'),
      },
      {
        afterSeconds: 8,
        text: {
          nl: 'De juwelier drukt op de overvalknop; het paneel meldt dat.',
          en: 'The jeweller presses the hold-up button; the panel reports it.',
        },
        run: () => pressHoldUp(1),
      },
      {
        afterSeconds: 14,
        text: {
          nl: 'Een tweede knop, bij de kassa. Kijk, verifieer, open het incident en deel het.',
          en: 'A second button, at the till. Look, verify, open the incident and share it.',
        },
        run: () => pressHoldUp(2),
      },
      {
        afterSeconds: 52,
        text: {
          nl: 'De mannen rennen naar buiten. Zet de winkelpui op het scherm.',
          en: 'The men run out. Put the shop front on the screen.',
        },
      },
      {
        afterSeconds: 60,
        text: {
          nl: 'Ze rijden weg in een donkergrijze auto.',
          en: 'They drive off in a dark grey car.',
        },
      },
      {
        afterSeconds: 75,
        text: { nl: 'Het is voorbij. Sluit het incident.', en: 'It is over. Close the incident.' },
      },
    ],
  };
}

function disturbance({ play, askForImages }: Props): Script {
  return {
    id: 'disturbance',
    title: { nl: 'Ordeverstoring op een plein', en: 'Disturbance on a square' },
    seconds: ACT_SECONDS.disturbance + AFTERWARDS_SECONDS,
    steps: [
      {
        afterSeconds: 0,
        text: {
          nl: 'Van twee kanten lopen groepjes naar de fontein.',
          en: 'Small groups walk towards the fountain from both sides.',
        },
        run: () => play('disturbance'),
      },
      {
        afterSeconds: 14,
        text: {
          nl: 'Een voorbijganger belt de meldkamer over een vechtpartij; die vraagt om beelden van het plein. Ken ze toe.',
          en: 'A passer-by calls the control room about a fight; it asks for images of the square. Grant them.',
        },
        run: () =>
          askForImages({
            site: 'square',
            type: 'disturbance',
            text: 'Een voorbijganger meldt een vechtpartij bij de fontein.',
          }),
      },
      {
        afterSeconds: 98,
        text: {
          nl: 'De groepen rennen weg, naar beide kanten. Volg ze.',
          en: 'The groups run off, to both sides. Follow them.',
        },
      },
      {
        afterSeconds: 115,
        text: { nl: 'Het is voorbij. Sluit het incident.', en: 'It is over. Close the incident.' },
      },
    ],
  };
}
