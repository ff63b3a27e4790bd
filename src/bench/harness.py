"""What the scripts of this folder share: processes with their CPU time, tokens, the backend. Standard library only."""

import base64
import hashlib
import hmac
import json
import os
import pathlib
import subprocess
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
SECRET = "only-for-benchmarks-7d2f90c41be85a36d10c7e4f2b9a8365"
ISSUER = "identities-gateway"
TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """One process: its port, the CPU time it has used, its memory."""

    def __init__(self, name, port, command):
        self.name, self.port, self.command = name, port, command
        self.process = None

    def start(self, work, cores=None):
        log = open(work / f"{self.name}.log", "wb")
        bound = (lambda: os.sched_setaffinity(0, cores)) if cores else None
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=work, preexec_fn=bound)

    def ticks(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    def resident_mib(self, field="VmRSS"):
        """VmHWM is the peak; RssAnon leaves mapped files out, such as the AOT cache."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith(field))

    def pin(self, core):
        for thread in os.listdir(f"/proc/{self.process.pid}/task"):
            try:
                os.sched_setaffinity(int(thread), {core})
            except ProcessLookupError:
                pass

    def terminate(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def wait(self):
        if self.process:
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()

    def stop(self):
        self.terminate()
        self.wait()


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(number):
    now = int(time.time())
    claims = {
        "iss": ISSUER, "sub": f"user-{number}", "unique_name": f"user-{number}", "sid": f"session-{number}",
        "jti": f"token-{number}", "iat": now, "nbf": now, "auth_time": now, "exp": now + 6 * 3600,
    }
    head = encoded(json.dumps({"alg": "HS256", "typ": "JWT"}, separators=(",", ":")).encode())
    text = head + "." + encoded(json.dumps(claims, separators=(",", ":")).encode())
    return text + "." + encoded(hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest())


def fill(work, name, **values):
    """Copies a file of the folder `load`, its $NAMES$ replaced."""
    text = (HERE / "load" / name).read_text()
    for key, value in values.items():
        text = text.replace(f"${key}$", str(value))
    (work / name).write_text(text)


def backend(work, port):
    body = json.dumps({"people": [{"id": i, "name": f"person number {i}"} for i in range(20)]}, separators=(",", ":"))
    fill(work, "backend.conf", BACKEND=port, WORK=work, BODY=body[:-1] + ',"pad":"' + "x" * (1024 - len(body) - 9) + '"}')
    return Server("backend", port, ["nginx", "-c", str(work / "backend.conf"), "-p", str(work)])


def status(port, path, bearer=None):
    """The status that a GET is answered with, 0 without an answer."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}")
    if bearer:
        request.add_header("Authorization", "Bearer " + bearer)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def wrk(url, script, arguments, connections, seconds, core=None):
    """What the script reports: requests, micros, p50, p99, bad."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s",
               "-s", HERE / "load" / f"{script}.lua", url, "--", *(str(argument) for argument in arguments)]
    pinned = (lambda: os.sched_setaffinity(0, {core})) if core is not None else None
    run = subprocess.run(command, check=True, capture_output=True, text=True, preexec_fn=pinned)
    return json.loads(run.stdout.strip().splitlines()[-1])
