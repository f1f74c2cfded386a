#!/usr/bin/python3
"""An RTSP server that is not ours: GStreamer's, with a moving test picture and a tone.

    gstreamer-server.py CERTIFICATE KEY GROUP [ENCODER]

Prints `ready OPEN PROTECTED TLS MULTICAST`, four ports, when it serves rtsp://127.0.0.1:PORT/test on each,
and ends when standard input does. PROTECTED asks for the user `viewer` with the password `s3cret:@/%`
(Digest), TLS is rtsps:// with that certificate, MULTICAST sends to that group on the loopback and nothing
else. Each of them takes RTSP through HTTP as well. ENCODER comes in place of the
usual one, x264enc; x265enc, jpegenc or vp8enc may be in it. With the last two the tone comes as well.

Then prints `connected PORT` for each client, and `setup PATH` for each media that one sets up.
"""
import socket
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
gi.require_version("GstRtsp", "1.0")
from gi.repository import Gio, GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

ENCODER = "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=25 bitrate=500"
TONE = " audiotestsrc is-live=true ! alawenc ! rtppcmapay name=pay1 pt=8"
PAYLOADERS = {
    "x264enc": ("rtph264pay name=pay0 pt=96 config-interval=-1 mtu=600", ""),
    "x265enc": ("rtph265pay name=pay0 pt=96 config-interval=-1 mtu=600", ""),
    "jpegenc": ("rtpjpegpay name=pay0 pt=26 mtu=600", TONE),
    "vp8enc": ("rtpvp8pay name=pay0 pt=96 mtu=600", TONE),
}


def launch(encoder):
    payloader, others = next(each for name, each in PAYLOADERS.items() if name in encoder)
    picture = "video/x-raw,format=I420,width=320,height=240,framerate=25/1"
    return (
        f"( videotestsrc is-live=true pattern=ball ! {picture} ! {encoder} ! {payloader}{others} )"
    )


def serve(auth=None, role=None, group=None):
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(launch(sys.argv[4] if len(sys.argv) > 4 else ENCODER))
    if group:
        pool = GstRtspServer.RTSPAddressPool()
        pool.add_range(group, group, 5000, 5009, 1)
        factory.set_address_pool(pool)
        factory.set_multicast_iface("lo")
        factory.set_protocols(GstRtsp.RTSPLowerTrans.UDP_MCAST)
        factory.connect("media-configure", on_loopback)
    if role:
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_permission_for_role(role, "media.factory.access", True)
        permissions.add_permission_for_role(role, "media.factory.construct", True)
        factory.set_permissions(permissions)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    server.set_auth(auth)
    server.get_mount_points().add_factory("/test", factory)
    server.attach(None)
    server.connect("client-connected", tell)
    return server


def tell(server, client):
    print("connected", server.get_bound_port(), flush=True)
    client.connect("setup-request", lambda _, context: print("setup", context.uri.abspath, flush=True))


def on_loopback(_factory, media):
    """
    Takes the sockets of the group before anybody asks for them, to send where nobody else is (the factory's
    interface is for joining alone) and to leave room for a receiver on the same machine.
    """
    _, transport = GstRtsp.RTSPTransport.new()
    transport.lower_transport = GstRtsp.RTSPLowerTrans.UDP_MCAST
    stream = media.get_stream(0)
    stream.allocate_udp_sockets(Gio.SocketFamily.IPV4, transport, False)
    loopback = int.from_bytes(socket.inet_aton("127.0.0.1"), sys.byteorder)
    for get in (stream.get_rtp_multicast_socket, stream.get_rtcp_multicast_socket):
        sender = get(Gio.SocketFamily.IPV4)
        sender.set_option(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, loopback)
        sender.set_option(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)


def digest():
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    auth.add_digest("viewer", "s3cret:@/%", token)
    return auth


def tls(certificate, key):
    auth = GstRtspServer.RTSPAuth()
    auth.set_tls_certificate(Gio.TlsCertificate.new_from_files(certificate, key))
    anybody = GstRtspServer.RTSPToken()
    anybody.set_string("media.factory.role", "anybody")
    auth.set_default_token(anybody)
    return auth


def main():
    Gst.init(None)
    certificate, key, group = sys.argv[1:4]
    servers = [
        serve(),
        serve(digest(), role="viewer"),
        serve(tls(certificate, key), role="anybody"),
        serve(group=group),
    ]
    loop = GLib.MainLoop()
    GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IOCondition.HUP, lambda *_: loop.quit())
    print("ready", *(server.get_bound_port() for server in servers), flush=True)
    loop.run()


if __name__ == "__main__":
    main()
