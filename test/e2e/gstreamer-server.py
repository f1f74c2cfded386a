#!/usr/bin/python3
"""An RTSP server that is not ours: GStreamer's, with a moving test picture in H.264.

Prints `ready PORT PROTECTED_PORT` when it serves rtsp://127.0.0.1:PORT/test, and ends when standard
input does. The second port asks for the user `viewer` with the password `s3cret:@/%` (Digest).
An argument is the encoder in place of the usual one.
"""
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
gi.require_version("GstRtsp", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

ENCODER = "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=25 bitrate=500"
LAUNCH = (
    "( videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=25/1"
    f" ! {sys.argv[1] if len(sys.argv) > 1 else ENCODER}"
    " ! rtph264pay name=pay0 pt=96 config-interval=-1 mtu=600 )"
)


def serve(auth=None):
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(LAUNCH)
    if auth:
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_permission_for_role("viewer", "media.factory.access", True)
        permissions.add_permission_for_role("viewer", "media.factory.construct", True)
        factory.set_permissions(permissions)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    server.set_auth(auth)
    server.get_mount_points().add_factory("/test", factory)
    server.attach(None)
    return server


def digest():
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    auth.add_digest("viewer", "s3cret:@/%", token)
    return auth


def main():
    Gst.init(None)
    servers = [serve(), serve(digest())]
    loop = GLib.MainLoop()
    GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IOCondition.HUP, lambda *_: loop.quit())
    print("ready", *(server.get_bound_port() for server in servers), flush=True)
    loop.run()


if __name__ == "__main__":
    main()
