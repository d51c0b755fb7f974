/* lsan.c - what the libraries themselves keep for the life of the process, and is no leak of
 * ours. Linked into everything that is built with sanitizers; it is not a file beside, as a
 * helper that has confined itself could not read that at its end.
 */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_options(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:libfontconfig\nleak:libpango\nleak:libglib\nleak:librsvg\nleak:libicu\n";
}

const char *
__lsan_default_options(void)
{
	return "print_suppressions=0";
}
