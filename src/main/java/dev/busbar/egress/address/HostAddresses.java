package dev.busbar.egress.address;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import org.apache.hc.client5.http.DnsResolver;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of hosts, each answer checked before anybody sees it. Names are looked up
 * ahead, on threads of its own, one lookup per host at a time, so that a name server that
 * does not answer holds up its own hosts only; a host whose addresses are known keeps
 * them meanwhile. What is connected to are the very addresses that were checked; a later
 * answer is checked anew. Safe for use by several threads.
 */
public final class HostAddresses implements DnsResolver, AutoCloseable {

	private static final int THREADS = 64;

	private static final long FRESH_NANOS = Duration.ofSeconds(10).toNanos();

	/** How long a new answer is waited for where there is an old one. */
	private static final long PATIENCE_MILLIS = 1000;

	// Much longer than an attempt may take between its lookup and its connection.
	private static final long KEPT_NANOS = Duration.ofHours(1).toNanos();

	private static final int KEPT = 10_000;

	private final AddressRules rules;

	private final DnsLookup lookup;

	private final LongSupplier nanos;

	private final ConcurrentMap<String, Answer> answers = new ConcurrentHashMap<>();

	private final ConcurrentMap<String, CompletableFuture<InetAddress[]>> running = new ConcurrentHashMap<>();

	private final ExecutorService threads;

	/**
	 * Creates a resolver.
	 * @param rules which addresses are allowed
	 * @param lookup finds the addresses of a host name
	 * @param nanos tells the time, as {@link System#nanoTime()} does
	 */
	public HostAddresses(AddressRules rules, DnsLookup lookup, LongSupplier nanos) {
		this.rules = rules;
		this.lookup = lookup;
		this.nanos = nanos;
		ThreadPoolExecutor pool = new ThreadPoolExecutor(THREADS, THREADS, 30, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), (task) -> {
					Thread thread = new Thread(task, "busbar-dns");
					thread.setDaemon(true);
					return thread;
				});
		pool.allowCoreThreadTimeOut(true);
		this.threads = pool;
	}

	/**
	 * Finds the addresses of a host, so that {@link #resolve} knows them.
	 * @param host a host name, or an address; null if a URL has none
	 * @return all its addresses, each allowed; fails with an {@link UnknownHostException}
	 * if it has none, and with a {@link ForbiddenAddressException} if one is not allowed
	 */
	public CompletableFuture<InetAddress[]> find(@Nullable String host) {
		if (host == null) {
			return CompletableFuture.failedFuture(new UnknownHostException("The URL has no host"));
		}
		String name = key(host);
		Answer known = this.answers.get(name);
		long age = (known != null) ? this.nanos.getAsLong() - known.nanos() : Long.MAX_VALUE;
		if (known != null && age < FRESH_NANOS) {
			return CompletableFuture.completedFuture(known.addresses());
		}
		CompletableFuture<InetAddress[]> asked = lookUp(name);
		return (known != null && age < KEPT_NANOS)
				? asked.copy().completeOnTimeout(known.addresses(), PATIENCE_MILLIS, TimeUnit.MILLISECONDS) : asked;
	}

	private CompletableFuture<InetAddress[]> lookUp(String name) {
		CompletableFuture<InetAddress[]> mine = new CompletableFuture<>();
		CompletableFuture<InetAddress[]> other = this.running.putIfAbsent(name, mine);
		if (other != null) {
			return other;
		}
		this.threads.execute(() -> {
			try {
				InetAddress[] checked = checked(name);
				remember(name, checked);
				this.running.remove(name);
				mine.complete(checked);
			}
			catch (UnknownHostException | RuntimeException ex) {
				this.answers.remove(name);
				this.running.remove(name);
				mine.completeExceptionally(ex);
			}
		});
		return mine;
	}

	// The client writes IPv6 addresses without their brackets.
	private static String key(String host) {
		String lower = host.toLowerCase(Locale.ROOT);
		return lower.startsWith("[") ? lower.substring(1, lower.length() - 1) : lower;
	}

	private void remember(String name, InetAddress[] checked) {
		long now = this.nanos.getAsLong();
		if (this.answers.size() >= KEPT) {
			this.answers.values().removeIf((answer) -> now - answer.nanos() > KEPT_NANOS);
		}
		this.answers.put(name, new Answer(checked, now));
	}

	private InetAddress[] checked(String name) throws UnknownHostException {
		InetAddress literal = Literals.address(name.contains(":") ? "[" + name + "]" : name);
		if (literal == null && Literals.looksNumeric(name)) {
			// An address in a spelling that each resolver reads in its own way.
			throw new ForbiddenAddressException(name);
		}
		InetAddress[] found = (literal != null) ? new InetAddress[] { literal } : this.lookup.addresses(name);
		if (found.length == 0) {
			throw new UnknownHostException("'" + name + "' has no address");
		}
		for (InetAddress address : found) {
			// One that is not allowed spoils the others: no honest name has such a
			// mixture.
			if (!this.rules.allow(name, address)) {
				throw new ForbiddenAddressException(name);
			}
		}
		return found.clone();
	}

	/**
	 * The addresses to connect to, as they were found and checked ahead. Asks no name
	 * server.
	 */
	@Override
	public InetAddress[] resolve(String host) throws UnknownHostException {
		Answer known = this.answers.get(key(host));
		if (known == null || this.nanos.getAsLong() - known.nanos() > KEPT_NANOS) {
			throw new UnknownHostException("'" + host + "' was not looked up, or its address is no longer allowed");
		}
		return known.addresses().clone();
	}

	@Override
	public String resolveCanonicalHostname(String host) {
		return host;
	}

	@Override
	public void close() {
		this.threads.shutdown();
	}

	/**
	 * Finds the addresses of a host name.
	 */
	@FunctionalInterface
	public interface DnsLookup {

		/**
		 * Looks a name up.
		 * @param host the name
		 * @return its addresses
		 * @throws UnknownHostException if it has none
		 */
		InetAddress[] addresses(String host) throws UnknownHostException;

	}

	@SuppressWarnings("ArrayRecordComponent")
	private record Answer(InetAddress[] addresses, long nanos) {

	}

}
