/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/events/watch.h"

#include <errno.h>
#include <string.h>
#include <sys/inotify.h>

#include "base/log.h"
#include "multipathd/control/queueing.h"
#include "multipathd/control/records.h"
#include "multipathd/jobs/files.h"
#include "multipathd/state/daemon.h"

static const char *last_component(const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash ? slash + 1 : file;
}

static int watch_on_change(sd_event_source *source, const struct inotify_event *event,
			   void *userdata)
{
	struct daemon *daemon = userdata;

	(void)source;
	if (event->len && !strcmp(event->name, "bindings") && event->mask & IN_MOVED_TO) {
		/* Otherwise written by the daemon, or merged when the daemon writes it. */
		if (!records_bindings_are_newer(daemon))
			files_read_bindings(daemon);
		return 0;
	}
	if (event->len && !strcmp(event->name, "wwids")) {
		files_read_wwids(daemon);
		return 0;
	}
	if (event->len && !strcmp(event->name, last_component(CONFIG_FILE)))
		log_warning(CONFIG_FILE " has changed; run \"multipathd reconfigure\" to apply it");
	return 0;
}

static int watch_on_drop_in(sd_event_source *source, const struct inotify_event *event,
			    void *userdata)
{
	(void)source;
	(void)userdata;
	log_warning(CONFIG_DIR "/%s has changed; run \"multipathd reconfigure\" to apply it",
		    event->len ? event->name : "");
	return 0;
}

/*
 * systemd removes this directory of multipathd-queueing.service at the start of a shutdown: neither
 * needs to read a file, which may be on a map without paths.
 */
static int watch_on_runtime_dir(sd_event_source *source, const struct inotify_event *event,
				void *userdata)
{
	(void)source;
	if (event->mask & IN_ISDIR && event->len && !strcmp(event->name, "multipathd-queueing"))
		queueing_shutdown(userdata, event->mask & IN_DELETE);
	return 0;
}

static void watch_dir(struct daemon *daemon, const char *dir, uint32_t mask,
		      sd_event_inotify_handler_t handler)
{
	sd_event_source *source;
	int r = sd_event_add_inotify(daemon->event, &source, dir, mask | IN_ONLYDIR, handler,
				     daemon);

	if (r == -ENOENT)
		return;
	if (r >= 0)
		r = sd_event_source_set_floating(source, true);
	if (r < 0)
		log_info("cannot watch %s: %s", dir, strerror(-r));
	else
		sd_event_source_unref(source);
}

void watch_open(struct daemon *daemon)
{
	char config_parent[] = CONFIG_FILE;

	*strrchr(config_parent, '/') = '\0';
	watch_dir(daemon, *config_parent ? config_parent : "/", IN_CLOSE_WRITE | IN_MOVED_TO,
		  watch_on_change);
	watch_dir(daemon, CONFIG_DIR, IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE, watch_on_drop_in);
	watch_dir(daemon, STATE_DIR, IN_CLOSE_WRITE | IN_MOVED_TO, watch_on_change);
	watch_dir(daemon, RUNTIME_DIR, IN_CREATE | IN_DELETE, watch_on_runtime_dir);
}
