package dev.busbar.ingress.access.login;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import dev.busbar.ingress.access.AccessConfigurationException;
import dev.busbar.ingress.access.AccessProperties.User;
import dev.busbar.ingress.access.Scope;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.authentication.dao.DaoAuthenticationProvider;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

/**
 * The people of the configuration. No {@code UserDetailsService}, or Spring Security
 * would let them in wherever else the application asks for users.
 */
public final class UserAccounts {

	private static final String PREFIX = "{bcrypt}";

	private static final Pattern BCRYPT = Pattern.compile("\\$2[aby]\\$(0[4-9]|[12]\\d|3[01])\\$[./A-Za-z0-9]{53}");

	private final Map<String, User> users = new TreeMap<>();

	/**
	 * Reads users.
	 * @param configured users by their names, as configured
	 * @param keys the names of API keys, which users may not have
	 * @throws AccessConfigurationException if one is malformed
	 */
	public UserAccounts(Map<String, User> configured, Iterable<String> keys) {
		configured.forEach((name, user) -> {
			requireSense(name, user);
			this.users.put(name, user);
		});
		for (String key : keys) {
			if (this.users.containsKey(key)) {
				throw new AccessConfigurationException("'" + key
						+ "' is the name of an API key and of a user (busbar.access.keys, .users): records of "
						+ "who did what would not tell them apart.", "Rename one of them.");
			}
		}
	}

	/** Whether there is none. */
	public boolean isEmpty() {
		return this.users.isEmpty();
	}

	/** Checks names and passwords against these users. */
	public AuthenticationManager authentication() {
		DaoAuthenticationProvider provider = new DaoAuthenticationProvider(this::find);
		provider.setPasswordEncoder(new BCryptPasswordEncoder());
		return new ProviderManager(provider);
	}

	private UserDetails find(String name) {
		User user = this.users.get(name);
		if (user == null) {
			throw new UsernameNotFoundException("no such user");
		}
		return org.springframework.security.core.userdetails.User.withUsername(name)
			.password(user.password().trim().substring(PREFIX.length()))
			.authorities(user.scopes().stream().map(Scope::authority).toList())
			.build();
	}

	private static void requireSense(String name, User user) {
		String property = "busbar.access.users." + name;
		String password = user.password().trim();
		if (!password.startsWith(PREFIX) || !BCRYPT.matcher(password.substring(PREFIX.length())).matches()) {
			throw new AccessConfigurationException(
					"The property '" + property
							+ ".password' is no hash of a password: it must be {bcrypt} and what bcrypt "
							+ "makes. Its value is not shown here, since it may be a password.",
					"Make the hash with: htpasswd -nBC 10 " + name + "\nand configure what follows the colon: "
							+ property + ".password: \"{bcrypt}$2y$10$...\" (with the quotes).");
		}
		if (user.scopes().isEmpty()) {
			throw new AccessConfigurationException("The user '" + name + "' may do nothing: there is no scope.",
					"Set " + property + ".scopes to some of publish, read, operate.");
		}
	}

}
