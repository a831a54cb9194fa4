"""Loads a server and says how it bears it.

    python3 tests/load/measure.py target/release/aquatint

Starts the server itself, in a data folder of its own that has the runtimes of AQUATINT_DATA. Reads are measured with
`wrk`, where it is installed. Everything is written as one JSON object.
"""

import asyncio
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

STREAMS = 1000
JOBS = 10_000
SUBMITS = 500


def start(binary, data):
    began = time.perf_counter()
    server = subprocess.Popen([binary, "serve", "--port", "0", "--quiet", "--log-level", "warn"],
                              stdout=subprocess.PIPE, env={**os.environ, "AQUATINT_DATA": data}, text=True)
    url = server.stdout.readline().strip().rstrip("/")
    while True:
        try:
            urllib.request.urlopen(url + "/healthz").read()
            return server, url, time.perf_counter() - began
        except OSError:
            time.sleep(0.001)


def ask(url, body=None, method=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def memory(server):
    status = pathlib.Path(f"/proc/{server.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) / 1024


def request(steps=4, side=64, seed=1):
    return {"request": {"prompt": "a red apple", "steps": steps, "width": side, "height": side, "seed": seed}}


def draw(url, body):
    """Seconds that a drawing takes, as its own report has it: denoising alone."""
    job = ask(url + "/api/v1/jobs", body)["id"]
    while (state := ask(f"{url}/api/v1/jobs/{job}"))["state"] in ("queued", "running"):
        time.sleep(0.05)
    assert state["state"] == "done", state
    return state["report"]["timings"]["denoise"]


def wrk(url, path, seconds=5):
    if not shutil.which("wrk"):
        return None
    output = subprocess.run(["wrk", "-t1", "-c16", f"-d{seconds}s", "--latency", url + path], capture_output=True,
                            text=True, check=True).stdout
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])
    return {"per_second": rate, "p99": re.search(r"99%\s+(\S+)", output)[1]}


async def streams(url, count):
    """Opens so many streams of events, and says how long the last one takes to hear of a job."""
    host, port = url.removeprefix("http://").split(":")
    opened = []
    for _ in range(count):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"GET /api/v1/events HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        opened.append((reader, writer))
    for reader, _ in opened:
        await reader.readuntil(b"\r\n\r\n")
    began = time.perf_counter()
    await asyncio.to_thread(ask, url + "/api/v1/jobs", request())

    async def heard(reader):
        await reader.readuntil(b"event: queued")
        return time.perf_counter() - began

    times = await asyncio.wait_for(asyncio.gather(*(heard(reader) for reader, _ in opened)), 60)
    for _, writer in opened:
        writer.close()
    return {"streams": count, "all_heard_ms": max(times) * 1000}


def submits(url, count):
    ask(url + "/api/v1/queue/pause", {})
    times = []
    for seed in range(count):
        began = time.perf_counter()
        ask(url + "/api/v1/jobs", request(seed=seed))
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    return {"median_ms": statistics.median(times), "p99_ms": times[int(len(times) * 0.99)]}


def main():
    binary = sys.argv[1]
    data = tempfile.mkdtemp()
    if shared := os.environ.get("AQUATINT_DATA"):
        os.symlink(pathlib.Path(shared, "runtimes"), pathlib.Path(data, "runtimes"))
    server, url, _ = start(binary, data)
    server.terminate()
    server.wait()
    # The second start is what people have: everything is made.
    server, url, began = start(binary, data)
    report = {"start_to_first_200_ms": began * 1000}
    try:
        draw(url, request())
        long = request(steps=100, side=512)
        idle = draw(url, long)
        job = ask(url + "/api/v1/jobs", {**long, "no_cache": True})["id"]
        while ask(f"{url}/api/v1/jobs/{job}")["state"] == "queued":
            time.sleep(0.01)
        report["reads_while_a_job_runs"] = {path: wrk(url, path) for path in ("/healthz", "/api/v1/queue",
                                                                            "/api/v1/samplers")}
        while (state := ask(f"{url}/api/v1/jobs/{job}"))["state"] == "running":
            time.sleep(0.05)
        report["denoise_idle_s"] = idle
        report["denoise_under_reads_s"] = state["report"]["timings"]["denoise"]
        report["events"] = asyncio.run(streams(url, STREAMS))
        report["submit"] = submits(url, SUBMITS)
        before = memory(server)
        for seed in range(JOBS - SUBMITS):
            ask(url + "/api/v1/jobs", request(seed=seed))
        report["memory_mib"] = {"before": before, "with_10000_queued": memory(server)}
        report["submit_with_10000_queued"] = submits(url, 200)
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(data, ignore_errors=True)
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
