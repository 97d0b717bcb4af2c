package dev.busbar.egress.live;

import dev.busbar.egress.feed.TypePatterns;
import jakarta.servlet.http.HttpServletRequest;

/**
 * Says which events a caller may read.
 */
@FunctionalInterface
public interface FeedAccess {

	/**
	 * The types that a caller may read.
	 * @param request the caller's request, to follow the feed
	 * @return the types
	 */
	TypePatterns readable(HttpServletRequest request);

}
