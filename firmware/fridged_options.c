/* fridged_options.c - what fridged takes on its command line */
#include "config.h"
#include "option.h"

const struct option_def FRIDGED_OPTIONS[] = {
	{ "config", 'c', "FILE", "the configuration (else $FRIDGE_CONFIG, else "
	    CONFIG_DEFAULT_FILE ")" },
	{ "check", 'n', NULL, "check the configuration, say ok, and end" },
	{ "help", 'h', NULL, "say this" },
	{ "version", 0, NULL, "say which version this is" },
	{ NULL, 0, NULL, NULL },
};
