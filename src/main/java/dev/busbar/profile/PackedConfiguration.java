package dev.busbar.profile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;

/**
 * Adds {@code application.yml} and the {@code application-<profile>.yml} of the active
 * profiles from {@code classpath:/dev/busbar/config/} to the environment, below
 * everything else, in an application of a library's user as in Busbar itself.
 * <p>
 * They join the source of Spring Boot's default properties, which Spring Boot keeps the
 * lowest even when a {@code @PropertySource} comes later. A profile names a broker if its
 * file here says which binder is the default. If none does, the embedded one's file is
 * read: it is no part of {@code application.yml}, because a copy of that in
 * {@code ./config} would then outrank the broker of a profile.
 */
class PackedConfiguration implements EnvironmentPostProcessor, Ordered {

	static final String LOCATION = "dev/busbar/config/";

	private static final String DEFAULT_PROPERTIES = "defaultProperties";

	private static final String BINDER = "spring.cloud.stream.default-binder";

	private static final String EMBEDDED = "embedded";

	private final YamlPropertySourceLoader loader = new YamlPropertySourceLoader();

	@Override
	public int getOrder() {
		return ConfigDataEnvironmentPostProcessor.ORDER + 1;
	}

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		Map<String, Object> packed = new LinkedHashMap<>(load("application.yml"));
		Map<String, Object> profiles = new LinkedHashMap<>();
		List<String> brokers = new ArrayList<>();
		for (String profile : profiles(environment)) {
			Map<String, Object> properties = load("application-" + profile + ".yml");
			profiles.putAll(properties);
			if (properties.containsKey(BINDER)) {
				brokers.add(profile);
			}
		}
		if (brokers.size() > 1) {
			throw new SeveralBrokersException(brokers);
		}
		if (brokers.isEmpty()) {
			packed.putAll(load("application-" + EMBEDDED + ".yml"));
		}
		packed.putAll(profiles);
		addBelowAll(packed, environment.getPropertySources());
	}

	private static Set<String> profiles(ConfigurableEnvironment environment) {
		String[] active = environment.getActiveProfiles();
		return new LinkedHashSet<>(Arrays.asList((active.length > 0) ? active : environment.getDefaultProfiles()));
	}

	private Map<String, Object> load(String name) {
		Resource resource = new ClassPathResource(LOCATION + name, PackedConfiguration.class.getClassLoader());
		Map<String, Object> properties = new LinkedHashMap<>();
		if (resource.exists()) {
			try {
				this.loader.load(name, resource).forEach((source) -> properties.putAll(map(source)));
			}
			catch (IOException ex) {
				throw new UncheckedIOException("Cannot read " + resource, ex);
			}
		}
		return properties;
	}

	private static void addBelowAll(Map<String, Object> packed, MutablePropertySources sources) {
		packed.putAll(map(sources.get(DEFAULT_PROPERTIES)));
		sources.remove(DEFAULT_PROPERTIES);
		sources.addLast(new OriginTrackedMapPropertySource(DEFAULT_PROPERTIES, packed));
	}

	private static Map<String, Object> map(@Nullable PropertySource<?> source) {
		return (source instanceof MapPropertySource properties) ? properties.getSource() : Map.of();
	}

}
