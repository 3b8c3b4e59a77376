#!/bin/sh
# Tries what `make bundle` made where nothing else is: packaging/smoke_bundle.sh [FOLDER]
# In a bare Debian, made by debootstrap and kept in build/bare-root, without Python, a network or any package for a
# display: the .run file refuses to start when it is cut or changed, its program plays the demo and opens the window on
# the display of this machine, and the .deb is installed and taken away again without a trace. Screenshots and lists
# come into FOLDER, build/bundle-test unless it is named. As root; needs debootstrap, Xvfb, xdotool and ImageMagick.
#   BUNDLE_SUITE=stable      the release of Debian         BUNDLE_MIRROR=URL     where it comes from
#   BUNDLE_ROOT=FOLDER       a bare system that is there
set -eu
cd "$(dirname "$0")/.."
out=${1:-build/bundle-test}
base=${BUNDLE_ROOT:-build/bare-root} root=build/bare-root.used

unmount() {
    for mounted in tmp/.X11-unix dev proc; do umount "$root/$mounted" 2>/dev/null || true; done
}

clean_up() {
    [ -z "${window:-}" ] || kill "$window" 2>/dev/null || true
    [ -z "${server:-}" ] || kill "$server" 2>/dev/null || true
    unmount
}

trap clean_up EXIT
trap 'exit 1' HUP INT TERM

mkdir -p "$out" build
# The server takes a number that is free, and tells it.
Xvfb -displayfd 3 -screen 0 1366x768x24 -nolisten tcp -ac 3>"$out/display" >/dev/null 2>&1 &
server=$!
until [ -s "$out/display" ]; do kill -0 $server; sleep 0.2; done
display=:$(cat "$out/display")
person="unshare -n chroot --userspec=1000:1000 $root /usr/bin/env -i HOME=/srv/person PATH=/usr/bin:/bin
    DISPLAY=$display LANG=C.UTF-8"
run=$(ls dist/boxwright-*-linux-x86_64.run) deb=$(ls dist/boxwright_*_amd64.deb)

say() { echo "== $*"; }
fail() { echo "FAILED: $*" >&2; exit 1; }

# As somebody who may not write to the system, and without a network.
as_person() {
    $person "$@"
}

make_root() {
    if [ ! -x "$base/bin/sh" ]; then
        say "making a bare Debian in $base"
        debootstrap --variant=minbase "${BUNDLE_SUITE:-stable}" "$base" ${BUNDLE_MIRROR:-} >"$out/debootstrap.log"
    fi
    # What an earlier run left mounted is this machine's own: nothing may be removed through it.
    unmount
    ! grep -qF "/$root/" /proc/mounts || fail "$root is still in use"
    rm -rf "$root"
    cp -a "$base" "$root"
    mkdir -p "$root/srv/person" "$root/tmp/.X11-unix" "$root/artefacts"
    chown 1000:1000 "$root/srv/person"
    ln "$run" "$deb" "$root/artefacts/" 2>/dev/null || cp "$run" "$deb" "$root/artefacts/"
    mount -t proc proc "$root/proc"
    mount --bind /dev "$root/dev"
    mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"
    run=/artefacts/$(basename "$run") deb=/artefacts/$(basename "$deb")
    ! find "$root/usr/bin" -name 'python*' | grep . || fail "there is a Python in $root"
    ! find "$root/usr/lib" -name 'libxcb.so*' | grep . || fail "there is a display's library in $root"
}

damaged_files_do_not_run() {
    head -c 1000000 "$root$run" >"$root/srv/person/cut.run"
    cp "$root$run" "$root/srv/person/changed.run"
    printf 'x' | dd of="$root/srv/person/changed.run" bs=1 seek=50000000 conv=notrunc 2>/dev/null
    for kind in cut changed; do
        ! as_person sh "/srv/person/$kind.run" --version 2>"$out/$kind.txt" || fail "a $kind file was started"
        grep -q 'Fetch it again' "$out/$kind.txt" || fail "a $kind file says: $(cat "$out/$kind.txt")"
        rm "$root/srv/person/$kind.run"
    done
    [ ! -e "$root/srv/person/.cache/boxwright" ] || [ -z "$(ls "$root/srv/person/.cache/boxwright")" ] ||
        fail "a damaged file left something behind"
}

# Screenshot $1 of the window that the rest of the words open.
window_opens() {
    picture=$1
    shift
    (exec $person "$@") >"$out/$picture.log" 2>&1 &
    window=$!
    tries=0
    until DISPLAY=$display xdotool search --onlyvisible --class boxwright >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -lt 240 ] && kill -0 "$window" 2>/dev/null || fail "no window: $(cat "$out/$picture.log")"
        sleep 0.5
    done
    # What it loads after its first paint.
    sleep "${BUNDLE_SETTLE:-15}"
    DISPLAY=$display import -window root "$out/$picture.png"
    kill "$window"
    wait "$window" 2>/dev/null || true
    window=
    grep -iE 'traceback|could not load|cannot open' "$out/$picture.log" && fail "$picture: see above" || true
}

# Everything in the bare system but a person's own, what runs, and dpkg's own history.
files() {
    (cd "$root" && find . \( -path ./proc -o -path ./dev -o -path ./tmp -o -path ./srv -o -path ./artefacts \
        -o -path ./var/lib/dpkg -o -path ./var/log \) -prune \
        -o -type d -printf '%p %m\n' -o -printf '%p %y %m %s %l\n' | sort)
}

make_root

say "a cut and a changed file"
damaged_files_do_not_run

say "$run unpacks itself and starts"
as_person "$run" --version
as_person "$run" --version | grep -q version || fail "the second start differs"
as_person "$run" --remove
[ ! -e "$root/srv/person/.cache/boxwright" ] || fail "--remove left something behind"
as_person "$run" --install /srv/person/boxwright
program=/srv/person/boxwright/boxwright
as_person "$program" doctor >"$out/doctor.txt" 2>&1 || true

say "the demo: pre-label, retrain, export"
as_person "$program" demo --headless --pictures 40 --epochs "${BUNDLE_EPOCHS:-2}" --out /srv/person/demo-out >"$out/demo.txt" 2>&1 ||
    fail "the demo: $(tail -n 5 "$out/demo.txt")"
cp -r "$root/srv/person/demo-out/." "$out/demo"
project=$(dirname "$(find "$root/srv/person" -name project.db | head -n 1)" | sed "s|^$root||")
as_person "$program" status "$project" --json | tee "$out/status.json"
as_person "$program" export "$project" /srv/person/rows --format parquet

say "the window, of the folder"
window_opens start "$program"
window_opens project "$program" "$project"

say "the package: installed, used, removed"
files >"$out/files-before"
chroot "$root" dpkg -i "$deb" >"$out/dpkg.txt" 2>&1 || fail "$(cat "$out/dpkg.txt")"
as_person boxwright --version
window_opens package boxwright-gui "$project/project.db"
chroot "$root" dpkg -P boxwright >>"$out/dpkg.txt" 2>&1 || fail "$(cat "$out/dpkg.txt")"
files >"$out/files-after"
diff "$out/files-before" "$out/files-after" || fail "the package left something behind"
find "$root/srv/person" -maxdepth 3 | sed "s|^$root||" >"$out/home.txt"
say "all is well; pictures are in $out"
