#!/bin/sh
# Runs every step of the recipe on a few concepts: ./smoke.sh icons.json tokenizer-folder [work-folder]
set -eu
here=$(dirname "$0")
work=${3:-$(mktemp -d)}
export OMP_WAIT_POLICY=PASSIVE PYTHONWARNINGS=ignore
python=${PYTHON:-python3}
"$python" "$here/data.py" --icons "$1" --out "$work/data" --smoke
"$python" "$here/autoencoder.py" --data "$work/data" --out "$work/vae" --smoke
"$python" "$here/train.py" --data "$work/data" --vae "$work/vae" --tokenizer "$2" --out "$work/train" --smoke
"$python" "$here/export.py" --state "$work/train/state.pt" --vae "$work/vae" --tokenizer "$2" --out "$work/starter"
"$python" "$here/evaluate.py" --model "$work/starter" --data "$work/data" --names 4 --steps 3
echo "all steps ran; results in $work"
