package dev.busbar;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * The house's arrows: which package may import which.
 */
@AnalyzeClasses(packages = "dev.busbar", importOptions = DoNotIncludeTests.class)
class HouseTests {

	/** For each package, the packages of ours that it imports. */
	private static final Map<String, Set<String>> ARROWS = Map.ofEntries(Map.entry("event", Set.of()),
			Map.entry("bus", Set.of("event")), Map.entry("store", Set.of("event")),
			Map.entry("outbox", Set.of("event", "bus", "store")),
			Map.entry("handler", Set.of("event", "bus", "store", "outbox")),
			Map.entry("ingress", Set.of("event", "bus", "store", "outbox", "handler", "problem")),
			Map.entry("operations", Set.of("event", "bus", "store", "outbox", "handler", "ingress", "problem")),
			Map.entry("egress", Set.of("event", "bus", "store", "outbox", "problem")),
			Map.entry("socket", Set.of("event", "bus", "store", "outbox", "handler", "ingress", "egress", "problem")),
			Map.entry("console",
					Set.of("event", "bus", "store", "outbox", "handler", "ingress", "operations", "egress", "socket",
							"binder", "problem", "profile")),
			Map.entry("binder", Set.of()), Map.entry("examples", Set.of("event")), Map.entry("problem", Set.of()),
			Map.entry("profile", Set.of()), Map.entry("openapi", Set.of()));

	@ArchTest
	static final ArchRule ARROWS_GO_ONE_WAY = classes().that()
		.resideInAPackage("dev.busbar.*..")
		.should(followTheArrows())
		.allowEmptyShould(false);

	@ArchTest
	static final ArchRule THERE_ARE_NO_CYCLES = slices().matching("dev.busbar.(*)..").should().beFreeOfCycles();

	@ArchTest
	static final ArchRule ONLY_HANDLER_AND_BUS_KNOW_SPRING_CLOUD_STREAM = noClasses().that()
		.resideOutsideOfPackages("dev.busbar.handler..", "dev.busbar.bus..", "dev.busbar.binder..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("org.springframework.cloud..");

	@ArchTest
	static final ArchRule ONLY_ITS_PART_OF_THE_BUS_KNOWS_RABBITMQ = noClasses().that()
		.resideOutsideOfPackage("dev.busbar.bus.rabbit..")
		.should()
		.dependOnClassesThat(resideInAnyPackage("com.rabbitmq..", "org.springframework.amqp..",
				"org.springframework.cloud.stream.binder.rabbit.."));

	@ArchTest
	static final ArchRule ONLY_ITS_PART_OF_THE_BUS_KNOWS_KAFKA = noClasses().that()
		.resideOutsideOfPackage("dev.busbar.bus.kafka..")
		.should()
		.dependOnClassesThat(resideInAnyPackage("org.apache.kafka..", "org.springframework.kafka..",
				"org.springframework.cloud.stream.binder.kafka.."));

	@ArchTest
	static final ArchRule EVENTS_KNOW_NO_SPRING = classes().that()
		.resideInAPackage("dev.busbar.event..")
		.should()
		.onlyDependOnClassesThat(resideInAnyPackage("java..", "tools.jackson..", "com.fasterxml.jackson.annotation..",
				"org.jspecify..", "dev.busbar.event.."));

	@ArchTest
	static final ArchRule CONFIGURATIONS_ARE_NO_API = classes().that()
		.haveSimpleNameEndingWith("Configuration")
		.and()
		.areTopLevelClasses()
		.and()
		.areNotAnnotatedWith("org.springframework.boot.autoconfigure.AutoConfiguration")
		.should()
		.notBePublic()
		.allowEmptyShould(true);

	@ArchTest
	static final ArchRule NAMES_SAY_WHAT_A_CLASS_IS = noClasses().should()
		.haveSimpleNameEndingWith("Manager")
		.orShould()
		.haveSimpleNameEndingWith("Helper")
		.orShould()
		.haveSimpleNameEndingWith("Util")
		.orShould()
		.haveSimpleNameEndingWith("Utils")
		.orShould()
		.haveSimpleNameEndingWith("Impl");

	@ArchTest
	static final ArchRule EVERY_PACKAGE_IS_NULL_MARKED = classes().should()
		.resideInAPackage("dev.busbar..")
		.andShould(beIn(describe("a @NullMarked package",
				(JavaPackage candidate) -> candidate.isAnnotatedWith(NullMarked.class))));

	private static ArchCondition<JavaClass> followTheArrows() {
		return new ArchCondition<>("import only what the house's arrows allow") {

			@Override
			public void check(JavaClass origin, ConditionEvents events) {
				String from = house(origin);
				Set<String> allowed = Stream.concat(ARROWS.getOrDefault(from, Set.of()).stream(), Stream.of(from))
					.collect(Collectors.toUnmodifiableSet());
				if (!ARROWS.containsKey(from)) {
					events.add(SimpleConditionEvent.violated(origin,
							"the package of " + origin.getName() + " is not in the map of arrows: " + ARROWS.keySet()));
				}
				origin.getDirectDependenciesFromSelf()
					.stream()
					.filter((dependency) -> resideInAPackage("dev.busbar..").test(dependency.getTargetClass()))
					.filter((dependency) -> !allowed.contains(house(dependency.getTargetClass())))
					.forEach((dependency) -> events
						.add(SimpleConditionEvent.violated(origin, dependency.getDescription())));
			}
		};
	}

	private static ArchCondition<JavaClass> beIn(DescribedPredicate<JavaPackage> predicate) {
		return ArchCondition.from(describe("be in " + predicate.getDescription(),
				(JavaClass candidate) -> predicate.test(candidate.getPackage())));
	}

	/** The first part of the package's name below the root. */
	private static String house(JavaClass candidate) {
		String name = candidate.getPackageName();
		return name.equals("dev.busbar") ? "" : name.substring("dev.busbar.".length()).replaceFirst("\\..*", "");
	}

}
