package dev.busbar.egress.feed;

/**
 * A reader cannot go on where it was: what follows is not kept any more, or the feed has
 * never come so far.
 */
public class FeedPositionException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final long position;

	private final long oldest;

	private final long last;

	/**
	 * Creates the exception.
	 * @param position the number after which to read
	 * @param oldest the oldest number that is kept
	 * @param last the latest number
	 */
	public FeedPositionException(long position, long oldest, long last) {
		super((position > last)
				? "The feed ends at %d, and has never come to %d; that is a position of another feed.".formatted(last,
						position)
				: "The feed keeps the events from %d on; %d are missed after %d.".formatted(oldest,
						oldest - position - 1, position));
		this.position = position;
		this.oldest = oldest;
		this.last = last;
	}

	/**
	 * Checks whether a reader can go on.
	 * @param feed the feed
	 * @param position the number after which to read
	 * @throws FeedPositionException if it cannot
	 */
	public static void check(Feed feed, long position) {
		// The oldest first: it only rises, and so does the end.
		long oldest = feed.oldest();
		long last = feed.last();
		if (position < oldest - 1 || position > last) {
			throw new FeedPositionException(position, oldest, last);
		}
	}

	/** The number after which to read. */
	public long position() {
		return this.position;
	}

	/** The oldest number that is kept. */
	public long oldest() {
		return this.oldest;
	}

	/** The latest number. */
	public long last() {
		return this.last;
	}

}
