#!/usr/bin/env bash
# Resolve exact versions of everything for every supported Python, without naming a package index.
set -euo pipefail
cd "$(dirname "$0")/.."
compile() {
    uv pip compile pyproject.toml --group build "$@" --quiet --universal --python-version 3.12 \
        --no-python-downloads --no-emit-index-url --no-annotate --no-header
}
write() {
    { echo "# $1 Made by scripts/pin_requirements.sh."; cat; } >"requirements/$2.partial"
    mv "requirements/$2.partial" "requirements/$2"
}
compile | write "Exact versions to run and build the package." runtime.txt
compile --group dev --constraint requirements/runtime.txt |
    write "Exact versions to develop and test the package." dev.txt
compile --group docs --constraint requirements/dev.txt |
    write "Exact versions to build the site of docs/." docs.txt
compile --extra spark --constraint requirements/dev.txt |
    write "Exact versions to run the package with Spark, whose archive is as large as all others." spark.txt
