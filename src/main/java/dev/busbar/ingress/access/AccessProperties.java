package dev.busbar.ingress.access;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;

/**
 * Who may call.
 *
 * @param keys API keys by a name of your choice: "{sha256}" and the hexadecimal SHA-256
 * of the key, which so has all scopes, or its hash, scopes and limits.
 * @param users People by their names, who log in with a browser.
 * @param rateLimit How many events each caller may send who has no limit of his own.
 * Without it, any number.
 * @param open Whether anyone may call, on any address. Without it, and without keys,
 * users and JWTs, the server must listen on a loopback address.
 */
@ConfigurationProperties("busbar.access")
public record AccessProperties(@DefaultValue Map<String, Key> keys, @DefaultValue Map<String, User> users,
		@Nullable RateLimit rateLimit, @DefaultValue("false") boolean open) {

	public AccessProperties {
		keys = Map.copyOf(keys);
		users = Map.copyOf(users);
	}

	/**
	 * An API key.
	 *
	 * @param hash "{sha256}" and the hexadecimal SHA-256 of the key.
	 * @param scopes What it may do: publish, read, operate.
	 * @param types Event types that it may publish and read, such as order.*. Without
	 * any, all.
	 * @param sources Sources of the events that it may publish and read, such as /shop/*.
	 * Without any, all.
	 * @param rateLimit How many events it may send.
	 */
	public record Key(@DefaultValue("") String hash, @DefaultValue Set<Scope> scopes, @DefaultValue List<String> types,
			@DefaultValue List<String> sources, @Nullable RateLimit rateLimit) {

		public Key {
			scopes = Set.copyOf(scopes);
			types = List.copyOf(types);
			sources = List.copyOf(sources);
		}

		/** A key of which only the hash is configured: it may do everything. */
		public static Key valueOf(String hash) {
			return new Key(hash, EnumSet.allOf(Scope.class), List.of(), List.of(), null);
		}

		/** Without the hash, in whose place someone may have written the key. */
		@Override
		public String toString() {
			return "Key[scopes=" + this.scopes + ", types=" + this.types + ", sources=" + this.sources + "]";
		}

	}

	/**
	 * A person.
	 *
	 * @param password "{bcrypt}" and the hash of the password.
	 * @param scopes What the person may do: publish, read, operate.
	 */
	public record User(@DefaultValue("") String password, @DefaultValue Set<Scope> scopes) {

		public User {
			scopes = Set.copyOf(scopes);
		}

		@Override
		public String toString() {
			return "User[scopes=" + this.scopes + "]";
		}

	}

	/**
	 * How many events a caller may send, on this instance.
	 *
	 * @param eventsPerSecond How many a second on average.
	 * @param burst How many at once after a pause; as many as in a second by default.
	 */
	public record RateLimit(double eventsPerSecond, @Nullable Integer burst) {

		public RateLimit {
			Assert.isTrue(eventsPerSecond > 0 && eventsPerSecond <= 1_000_000,
					"'events-per-second' of a rate limit must be more than 0 and at most 1000000");
			Assert.isTrue(burst == null || burst > 0, "'burst' of a rate limit must be at least 1");
		}

		/** How many events may be sent at once after a pause. */
		public int capacity() {
			return (this.burst != null) ? this.burst : (int) Math.ceil(this.eventsPerSecond);
		}

	}

}
