package dev.busbar.egress.live;

import dev.busbar.egress.feed.FeedLimits;
import jakarta.servlet.http.HttpServletRequest;

/**
 * Says which events a caller may read.
 */
@FunctionalInterface
public interface FeedAccess {

	/**
	 * What a caller may read.
	 * @param request the caller's request, to follow the feed
	 * @return the limits, for as long as it is followed
	 */
	FeedLimits readable(HttpServletRequest request);

}
