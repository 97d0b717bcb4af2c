package dev.busbar.egress.live;

import dev.busbar.egress.feed.FeedEvent;
import dev.busbar.event.CloudEvents;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * An event on its way to readers. What it looks like is made once for all of them.
 */
public final class LiveEvent {

	private static final CloudEvents CODEC = new CloudEvents(JsonMapper.builder().build());

	private final FeedEvent event;

	private volatile byte @Nullable [] json;

	LiveEvent(FeedEvent event) {
		this.event = event;
	}

	/** Its place in the feed. */
	public long number() {
		return this.event.number();
	}

	/** The event itself. */
	public FeedEvent event() {
		return this.event;
	}

	/**
	 * The event in the JSON format of CloudEvents, on one line. To be read only.
	 */
	public byte[] json() {
		byte[] known = this.json;
		if (known == null) {
			known = oneLine(CODEC.encode(this.event.event()));
			this.json = known;
		}
		return known;
	}

	/** How much memory it takes, about. */
	long weight() {
		byte[] data = this.event.event().data();
		return 1024 + 2L * ((data != null) ? data.length : 0);
	}

	/** In JSON, line ends stand between tokens only. */
	private static byte[] oneLine(byte[] json) {
		for (int i = 0; i < json.length; i++) {
			if (json[i] == '\n' || json[i] == '\r') {
				json[i] = ' ';
			}
		}
		return json;
	}

}
