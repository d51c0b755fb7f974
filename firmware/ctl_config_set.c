/* ctl_config_set.c - fridgectl config set: one setting of fridge.conf is another. */
#include <string.h>

#include "ctl.h"

int
cmd_config_set(struct ctl *ctl, struct err *e)
{
	struct conf_change change = { .index = config_find(ctl->arg[0]), .value = ctl->arg[1] };
	struct conf file;

	if (change.index == -1)
		return err_set(e, ERR_USAGE, "fridgectl config show", "there is no setting \"%s\"",
		    ctl->arg[0]);
	if (strpbrk(change.value, "\r\n") != NULL)
		return err_set(e, ERR_USAGE, NULL, "a value is one line");
	int rc = conf_begin(&file, ctl->config_file, e);
	if (rc == 0)
		rc = conf_write(&file, &change, 1, 0, e);
	conf_end(&file);
	if (rc == -1)
		return -1;
	out_say(ctl->out, "%s is \"%s\" now. For the service: %s", ctl->arg[0], change.value,
	    ctl_service(ctl, "reload"));
	out_object(ctl->out, NULL, NULL);
	out_text(ctl->out, "file", NULL, file.path);
	out_text(ctl->out, "setting", NULL, ctl->arg[0]);
	out_text(ctl->out, "value", NULL, change.value);
	out_end(ctl->out);
	return 0;
}
