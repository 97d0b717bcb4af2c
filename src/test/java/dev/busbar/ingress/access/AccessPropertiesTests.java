package dev.busbar.ingress.access;

import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.busbar.ingress.access.AccessProperties.Key;
import dev.busbar.ingress.access.AccessProperties.User;
import dev.busbar.ingress.access.key.ApiKeys;
import dev.busbar.ingress.access.login.UserAccounts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class AccessPropertiesTests {

	private static final String HASH = "{sha256}" + GuardedServer.sha256("a key");

	@Test
	void aKeyIsBoundInItsShortAndItsLongForm() {
		AccessProperties bound = new Binder(new MapConfigurationPropertySource(Map.of("busbar.access.keys.all", HASH,
				"busbar.access.keys.some.hash", HASH, "busbar.access.keys.some.scopes", "publish,read",
				"busbar.access.keys.some.types", "order.*", "busbar.access.keys.some.sources[0]", "/a,b",
				"busbar.access.keys.some.rate-limit.events-per-second", "2.5", "busbar.access.rate-limit.burst", "7",
				"busbar.access.rate-limit.events-per-second", "1")))
			.bind("busbar.access", AccessProperties.class)
			.get();
		assertThat(bound.keys().get("all")).isEqualTo(Key.valueOf(HASH));
		Key some = bound.keys().get("some");
		assertThat(some).isEqualTo(new Key(HASH, Set.of(Scope.PUBLISH, Scope.READ), List.of("order.*"), List.of("/a,b"),
				new AccessProperties.RateLimit(2.5, null)));
		assertThat(some.rateLimit()).isNotNull();
		assertThat(bound.rateLimit()).isEqualTo(new AccessProperties.RateLimit(1, 7));
	}

	@Test
	void aKeyThatMayDoNothingIsRefused() {
		refused(new Key(HASH, Set.of(), List.of(), List.of(), null), "no scope");
	}

	@Test
	void aKeyThatOperatesCannotBeLimited() {
		refused(new Key(HASH, Set.of(Scope.OPERATE), List.of("order.*"), List.of(), null), "'operate'");
		refused(new Key(HASH, Set.of(Scope.OPERATE), List.of(), List.of("/shop"), null), "'operate'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "*.placed", "order.*.x", "**" })
	void aPatternHasItsAsteriskAtTheEnd(String pattern) {
		refused(new Key(HASH, Set.of(Scope.READ), List.of(pattern), List.of(), null), "busbar.access.keys.shop.types");
	}

	@Test
	void twoNamesForOneKeyAreRefused() {
		assertThatThrownBy(() -> new ApiKeys(Map.of("a", Key.valueOf(HASH), "b", Key.valueOf(HASH))))
			.isInstanceOf(AccessConfigurationException.class)
			.hasMessageContaining("'a' and 'b'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "secret", "{noop}secret", "{bcrypt}secret", "{bcrypt}$2a$31$short",
			"{bcrypt}$2a$99$abcdefghijklmnopqrstuvABCDEFGHIJKLMNOPQRSTUVWXYZabcde" })
	void aPasswordThatIsNoHashIsRefusedAndNotShown(String password) {
		assertThatThrownBy(() -> new UserAccounts(Map.of("ada", new User(password, Set.of(Scope.READ))), List.of()))
			.isInstanceOf(AccessConfigurationException.class)
			.hasMessageContaining("busbar.access.users.ada.password")
			.hasMessageNotContaining("secret");
	}

	@Test
	void aKeyAndAUserHaveDifferentNames() {
		String hash = "{bcrypt}$2a$04$abcdefghijklmnopqrstuvABCDEFGHIJKLMNOPQRSTUVWXYZabcde";
		assertThatThrownBy(() -> new UserAccounts(Map.of("shop", new User(hash, Set.of(Scope.READ))), List.of("shop")))
			.isInstanceOf(AccessConfigurationException.class)
			.hasMessageContaining("'shop'");
	}

	@Test
	void nothingPrintsAHash() {
		assertThat(Key.valueOf("secret").toString() + new User("secret", Set.of())).doesNotContain("secret");
	}

	private static void refused(Key key, String message) {
		assertThatThrownBy(() -> new ApiKeys(Map.of("shop", key))).isInstanceOf(AccessConfigurationException.class)
			.hasMessageContaining(message);
	}

}
