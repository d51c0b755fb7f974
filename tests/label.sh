# label.sh - labels drawn by the program that prints them, and read again. Sourced after
# lib.sh.

# preview FILE KEY=VALUE...: draw a label by the program that prints them.
preview() {
	local file=$1
	shift
	"$BUILD/fridge-print" --preview -o "$file" templates="$ROOT/templates" \
	    code=F3-24818 fridge="3F pantry" stored=2026-03-17 expires=2026-03-24 "$@" >"$file.txt"
}

# read_text LANGUAGE FILE: what stands on it, blanks left out (readers of Korean
# disagree on them). Larger and with a margin, as a camera would have it.
read_text() {
	convert "$2" -bordercolor white -border 40 -resize 200% larger.png
	OMP_THREAD_LIMIT=1 tesseract larger.png - -l "$1" --psm 6 2>/dev/null | tr -d ' \n'
}

need() { command -v "$1" >/dev/null || skip "$1 is not installed"; }
