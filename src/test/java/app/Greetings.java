// tag::greetings[]
package app;

import java.util.function.Function;

import dev.busbar.event.EventKey;
import dev.busbar.event.EventType;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration
class Greetings {

	@EventType("user.registered")
	record UserRegistered(@EventKey String name) {
	}

	@EventType("user.greeted")
	record UserGreeted(@EventKey String name, String text) {
	}

	@Bean
	Function<UserRegistered, UserGreeted> greetUser() {
		return (user) -> new UserGreeted(user.name(), "Hello, " + user.name() + "!");
	}

}
// end::greetings[]
