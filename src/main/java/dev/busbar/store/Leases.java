package dev.busbar.store;

import java.time.Duration;

/**
 * Lets one of several instances do a periodic job. A lease is a row in the database and
 * ends by the database's clock, so that the instances' clocks do not matter. Each call is
 * a short transaction of its own. Safe for use by several threads; threads of one
 * instance share their leases.
 */
public interface Leases {

	/**
	 * Takes a lease that is free or has ended, or renews one's own.
	 * @param name the name of the job, at most 200 characters
	 * @param ttl after which time the lease ends if it is not renewed
	 * @return whether this instance holds the lease now
	 */
	boolean acquire(String name, Duration ttl);

	/**
	 * Gives back a lease; does nothing if another instance holds it.
	 * @param name the name of the job
	 */
	void release(String name);

}
