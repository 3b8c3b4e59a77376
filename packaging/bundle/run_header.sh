#!/bin/sh
# Boxwright @VERSION@ for Linux (x86_64) in one file: this script, and behind it the program as a packed folder.
#   FILE [ARGUMENT...]    starts Boxwright; the first time it is unpacked into the cache folder of the user
#   FILE --install DIR    unpacks it into DIR, which must not be there yet
#   FILE --check          tells whether the file is whole
#   FILE --remove         removes what was unpacked into the cache folder
set -eu
name=@NAME@ size=@SIZE@ sum=@SUM@ start=@START@
cache=${XDG_CACHE_HOME:-$HOME/.cache}/boxwright
kept=$cache/program-@KEY@

stop() { echo "boxwright: $1" >&2; exit 1; }

# Cut off or changed on its way here, it must not run.
check() {
    there=$(($(wc -c <"$0") - start + 1))
    [ "$there" -eq "$size" ] || stop "$0 is not whole: $there of $size bytes are there. Fetch it again."
    found=$(tail -c +$start "$0" | sha256sum | cut -d ' ' -f 1)
    [ "$found" = "$sum" ] || stop "$0 is damaged: its checksum is another one. Fetch it again."
}

# Into a folder beside, so that one that is interrupted or short of space leaves no half program; two at once both end well.
unpack() {
    check
    echo "Boxwright is unpacked into $1; this is done once." >&2
    mkdir -p "$(dirname "$1")" || stop "$(dirname "$1") cannot be made."
    aside=$(mktemp -d "$1.XXXXXX") || stop "Nothing can be written beside $1."
    trap 'rm -rf "$aside"' EXIT
    trap 'exit 1' HUP INT TERM
    tail -c +$start "$0" | tar -xzf - -C "$aside" || stop "It could not be unpacked into $aside; it takes @UNPACKED@ MB."
    mv -T "$aside/$name" "$1" 2>/dev/null || [ -x "$1/boxwright" ] || stop "$1 cannot be made."
    rm -rf "$aside"
    trap - EXIT HUP INT TERM
}

# Programs of other versions that no longer run, and what was left of unpacking that was cut short a day ago.
tidy() {
    for other in "$cache"/program-*; do
        case $other in
            "$kept") continue ;;
            *.*) [ -n "$(find "$other" -maxdepth 0 -mmin +1440 2>/dev/null)" ] || continue ;;
            *) ! ls -l /proc/[0-9]*/exe 2>/dev/null | grep -qF " $other/" || continue ;;
        esac
        rm -rf "$other"
    done
}

case ${1:-} in
    --check) check; echo "$0 is whole."; exit 0 ;;
    --remove) rm -rf "$kept"; rmdir "$cache" 2>/dev/null || true; exit 0 ;;
    --install)
        [ -n "${2:-}" ] || stop "--install needs a folder."
        [ ! -e "$2" ] || stop "$2 is there already."
        unpack "$2"
        echo "Start it with $2/boxwright"
        exit 0 ;;
esac
if [ ! -x "$kept/boxwright" ]; then
    unpack "$kept"
    tidy
fi
exec "$kept/boxwright" "$@"
