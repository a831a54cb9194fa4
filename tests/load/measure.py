"""Loads a server and says how it bears it.

    python3 tests/load/measure.py target/release/aquatint

With `--quick` everything is tried with small numbers, to see that it works. Starts the server itself, in a data folder of its own that has the runtimes of AQUATINT_DATA. Reads are measured with
`wrk`, where it is installed. Everything is written as one JSON object.
"""

import asyncio
import json
import os
import pathlib
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

QUICK = "--quick" in sys.argv
STREAMS = 50 if QUICK else 1000
JOBS = 300 if QUICK else 10_000
SUBMITS = 50 if QUICK else 500
# Of the drawing during which reads are measured, and how often it is drawn: the median counts.
STEPS, SIDE, ROUNDS = (20, 256, 1) if QUICK else (60, 512, 3)
# How often it is started.
STARTS = 3 if QUICK else 20
SECONDS = 1 if QUICK else 5


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


def wrk(url, path, seconds=SECONDS):
    if not shutil.which("wrk"):
        return None
    # What the one who asks takes of the processor is not the server's: it comes last.
    output = subprocess.run(["nice", "-n", "19", "wrk", "-t1", "-c16", f"-d{seconds}s", "--latency", url + path],
                            capture_output=True, text=True, check=True).stdout
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])
    return {"per_second": rate, "p99": re.search(r"99%\s+(\S+)", output)[1]}


async def streams(url, count):
    """Opens so many streams of events, and says how long the last one takes to hear of a job."""
    host, port = url.removeprefix("http://").split(":")
    opened = []
    began = time.perf_counter()
    for _ in range(count):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"GET /api/v1/events HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        opened.append((reader, writer))
    for reader, _ in opened:
        await reader.readuntil(b"\r\n\r\n")
    opening = time.perf_counter() - began
    began = time.perf_counter()
    await asyncio.to_thread(ask, url + "/api/v1/jobs", request())

    async def heard(reader):
        await reader.readuntil(b"event: queued")
        return time.perf_counter() - began

    times = await asyncio.wait_for(asyncio.gather(*(heard(reader) for reader, _ in opened)), 60)
    for _, writer in opened:
        writer.close()
    return {"streams": count, "opened_in_ms": opening * 1000, "median_heard_ms": statistics.median(times) * 1000,
            "all_heard_ms": max(times) * 1000}


def submits(url, count):
    ask(url + "/api/v1/queue/pause", {})
    times = []
    for seed in range(count):
        began = time.perf_counter()
        ask(url + "/api/v1/jobs", request(seed=seed))
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    return {"median_ms": statistics.median(times), "p99_ms": times[int(len(times) * 0.99)]}


def under_reads(url, body):
    """Draws while everything is read as fast as it is answered: what reads took, and how long denoising did."""
    job = ask(url + "/api/v1/jobs", body)["id"]
    while ask(f"{url}/api/v1/jobs/{job}")["state"] == "queued":
        time.sleep(0.01)
    rates = {}
    is_over = False
    while not is_over:
        for path in ("/healthz", "/api/v1/queue", "/api/v1/samplers"):
            rate = wrk(url, path)
            is_over = ask(f"{url}/api/v1/jobs/{job}")["state"] != "running"
            if is_over:
                break
            # The last of each counts: the model is loaded by then.
            rates[path] = rate
    state = ask(f"{url}/api/v1/jobs/{job}")
    assert state["state"] == "done", state
    return rates, state["report"]["timings"]["denoise"]


def main():
    binary = sys.argv[1]
    # A thousand streams have a socket each.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    data = tempfile.mkdtemp()
    if shared := os.environ.get("AQUATINT_DATA"):
        os.symlink(pathlib.Path(shared, "runtimes"), pathlib.Path(data, "runtimes"))
    starts = []
    for _ in range(STARTS + 1):
        server, url, began = start(binary, data)
        starts.append(began * 1000)
        server.terminate()
        server.wait()
    # From the second on is what people have: everything is made.
    report = {"start_to_first_200_ms": statistics.median(starts[1:])}
    server, url, _ = start(binary, data)
    try:
        long = {**request(steps=STEPS, side=SIDE), "no_cache": True}
        # The model is loaded.
        draw(url, {**request(), "no_cache": True})
        idle, busy = [], []
        for _ in range(ROUNDS):
            idle.append(draw(url, long))
            rates, denoise = under_reads(url, long)
            busy.append(denoise)
        report["reads_while_a_job_runs"] = rates
        report["denoise_idle_s"] = statistics.median(idle)
        report["denoise_under_reads_s"] = statistics.median(busy)
        report["slower"] = report["denoise_under_reads_s"] / report["denoise_idle_s"]
        report["events"] = asyncio.run(streams(url, STREAMS))
        report["submit"] = submits(url, SUBMITS)
        before = memory(server)
        for seed in range(JOBS - SUBMITS):
            ask(url + "/api/v1/jobs", request(seed=seed))
        queued = ask(url + "/api/v1/queue")["queued"]
        report["memory_mib"] = {"before": before, "after": memory(server), "queued": queued}
        report["submit_with_all_queued"] = submits(url, min(SUBMITS, 200))
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(data, ignore_errors=True)
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
