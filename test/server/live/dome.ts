import type { CameraControl } from '../../../src/cameras/control.ts';

/** A camera that does whatever it is told, and remembers it. */
export class Dome implements CameraControl {
  readonly commands: string[] = [];
  async capabilities() {
    const axes = { panTilt: true, zoom: true };
    return { continuous: axes, absolute: axes, home: true, presets: [] };
  }
  async move({ pan = 0 }: { pan?: number }) {
    this.commands.push(`move ${pan}`);
  }
  async stop() {
    this.commands.push('stop');
  }
  async goTo() {
    this.commands.push('goto');
  }
  async goToPreset(token: string) {
    this.commands.push(`preset ${token}`);
  }
  async goHome() {
    this.commands.push('home');
  }
  async position() {
    return undefined;
  }
}
