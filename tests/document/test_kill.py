"""A process that is killed while it saves, five hundred times: the file is whole every time."""

import subprocess
import sys

ROUNDS = 500
LONGEST_SECONDS = 0.05

# one process that imports everything once, and a fork of it for every round
SCRIPT = """
import os, random, signal, sys, time
from pathlib import Path
from tinyml_studio.app.recovery import Autosave, leftovers
from tinyml_studio.document.document import Document
from tinyml_studio.document.project_file import load_project, save_project
from tinyml_studio.quantize.scheme import LayerScheme, Scheme

folder, rounds, longest = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
path, kept = folder / "p.tmls", folder / "kept"

def document(count):
    layers = {f"layer_{number}": LayerScheme().with_bits("w4a8") for number in range(count)}
    return Document(folder / "m.onnx", "0" * 64, scheme=Scheme(layers=layers))

versions = [document(count) for count in (0, 40, 400)]
save_project(versions[0], path)
delays = random.Random(7)
seen, killed_in_time = set(), 0
for number in range(rounds):
    child = os.fork()
    if not child:
        autosave = Autosave(folder=kept)
        while True:
            for version in versions:
                save_project(version, path)
                autosave.write(version, path, None)
    time.sleep(delays.uniform(0.0, longest))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    seen.add(versions.index(load_project(path)))
    for found in leftovers(kept):
        assert found.record is not None and found.record.document in versions, found.reason
        found.discard()
save_project(versions[1], path)
assert load_project(path) == versions[1]
print(sorted(seen), len(list(kept.iterdir())))
"""


def test_a_kill_while_saving_loses_nothing(tmp_path):
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT, tmp_path, str(ROUNDS), str(LONGEST_SECONDS)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    seen, _ = ended.stdout.rsplit(" ", 1)
    assert seen == "[0, 1, 2]"  # the kills came at every stage
