# pn532.sh - the played reader chip for scenarios; source it after lib.sh.

# start_pn532 [OPTIONS]: it plays on $DIR/pn532, takes lines from $DIR/chip and writes
# to chip.log.
start_pn532() {
	start chip "$TOOLS/tests/pn532" --link "$DIR/pn532" --control "$DIR/chip" "$@"
	wait_for 5 grep -q '^ready' chip.log
}

# chip LINE...: tell it something, each argument a line.
chip() { printf '%s\n' "$@" >"$DIR/chip"; }
