"""Becomes a command under the system calls, address families, namespaces and lack of privileges of a unit.

    python3 within-unit.py UNIT COMMAND...

What systemd installs for SystemCallFilter=, RestrictAddressFamilies= and RestrictNamespaces= is installed
here by the same library (libseccomp), so that a test shows that the service works under its unit on a machine
without systemd as its first process.
"""
import ctypes
import errno
import os
import re
import socket
import subprocess
import sys

ALLOW = 0x7FFF0000
EQUAL, MASKED_EQUAL = 4, 7
NAMESPACES = {
    "cgroup": 0x02000000,
    "ipc": 0x08000000,
    "mnt": 0x00020000,
    "net": 0x40000000,
    "pid": 0x20000000,
    "user": 0x10000000,
    "uts": 0x04000000,
}


class Comparison(ctypes.Structure):
    _fields_ = [
        ("argument", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("a", ctypes.c_uint64),
        ("b", ctypes.c_uint64),
    ]


def refuse(number):
    return 0x00050000 | number


def settings(text, name):
    return re.findall(rf"^{name}=(.*)$", text, re.MULTILINE)


def calls(word):
    """The system calls of a group, as systemd itself lists them."""
    if not word.startswith("@"):
        return {word}
    listed = subprocess.run(
        ["systemd-analyze", "syscall-filter", "--no-pager", word], capture_output=True, text=True, check=True
    ).stdout.splitlines()[1:]
    words = [line.strip() for line in listed if line.strip() and not line.strip().startswith("#")]
    return set().union(*(calls(each) for each in words))


def allowed(text):
    names = set()
    for line in settings(text, "SystemCallFilter"):
        chosen = set().union(*(calls(word) for word in line.lstrip("~").split()))
        names = names - chosen if line.startswith("~") else names | chosen
    return names | calls("@default")


def install(text):
    library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_init.argtypes = [ctypes.c_uint32]
    library.seccomp_rule_add_array.argtypes = [
        ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.POINTER(Comparison),
    ]
    library.seccomp_load.argtypes = [ctypes.c_void_p]
    context = library.seccomp_init(refuse(errno.EPERM))

    def rule(action, name, *comparisons):
        number = library.seccomp_syscall_resolve_name(name.encode())
        array = (Comparison * max(1, len(comparisons)))(*comparisons)
        library.seccomp_rule_add_array(context, action, number, len(comparisons), array)

    families = {getattr(socket, word) for word in settings(text, "RestrictAddressFamilies")[0].split()}
    spaces = settings(text, "RestrictNamespaces")[0].split()
    forbidden = sum(flag for name, flag in NAMESPACES.items() if name not in spaces)
    for name in sorted(allowed(text) - {"socket", "unshare", "clone", "clone3", "setns"}):
        rule(ALLOW, name)
    for family in range(64):
        action = ALLOW if family in families else refuse(errno.EAFNOSUPPORT)
        rule(action, "socket", Comparison(0, EQUAL, family, 0))
    for name in ("unshare", "clone"):
        rule(ALLOW, name, Comparison(0, MASKED_EQUAL, forbidden, 0))
    # Its flags are in memory, where no filter looks; whoever is told so uses clone.
    rule(refuse(errno.ENOSYS), "clone3")
    if library.seccomp_load(context) != 0:
        sys.exit("the filter cannot be installed")


def main():
    unit, *command = sys.argv[1:]
    with open(unit, encoding="utf-8") as file:
        text = file.read()
    if os.environ.pop("WITHIN_UNIT", None) is None:
        # PrivateUsers=: another user than root, without a single right, whoever runs the test.
        os.environ["WITHIN_UNIT"] = "1"
        other = ["--user", "--map-user=1000", "--map-group=1000"]
        os.execvp("unshare", ["unshare", *other, sys.executable, *sys.argv])
    # PR_SET_NO_NEW_PRIVS, without which no filter may be installed.
    ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)
    install(text)
    os.execvp(command[0], command)


main()
