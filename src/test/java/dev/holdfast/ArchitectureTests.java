package dev.holdfast;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.regex.Pattern;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Holds the layer table: a package may use those listed before it, never those after.
 */
class ArchitectureTests {

	private static final String ROOT = "dev.holdfast";

	/**
	 * From the kernel up. Packages in one row are siblings that do not know each other. A
	 * package belongs to the row that names it or its nearest parent.
	 */
	private static final List<List<String>> LAYERS = List.of(List.of("contract"), List.of("uring.sys"),
			List.of("uring"), List.of("engine"), List.of("catalog"), List.of("event"), List.of("audit", "operation"),
			List.of("tenant"), List.of("device"), List.of("buffer"), List.of("volume"), List.of("mapping"),
			List.of("block"), List.of("node"), List.of("api"), List.of("api.rest", "api.grpc"), List.of("ops"));

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages(ROOT);

	@Test
	void shouldUseOnlyLayersBelow() {
		check(classes().that()
			.resideInAPackage(ROOT + ".*..")
			.should(useOnlyLayersBelow())
			.because("a package may use those listed before it in the layer table, never those after"));
	}

	@Test
	void shouldStartFromTheTop() {
		check(noClasses().that()
			.resideInAPackage(ROOT + ".*..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage(ROOT)
			.because("main starts the others and nothing starts main"));
	}

	@Test
	void shouldCallForeignLibrariesOnlyInTheSystemPackage() {
		check(noClasses().that()
			.resideOutsideOfPackage(ROOT + ".uring.sys..")
			.and()
			.haveNameNotMatching(Pattern.quote(ROOT + ".device.Signatures") + "(\\$.*)?")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("jnr.ffi..")
			.because("only one other class calls a foreign library: the one that asks libblkid"));
	}

	@Test
	void shouldReinterpretAddressesOnlyInTheSystemPackage() {
		check(noClasses().that()
			.resideOutsideOfPackage(ROOT + ".uring.sys..")
			.should()
			.accessTargetWhere(reinterpretsASegment())
			.because("a segment of the wrong length is a wild pointer"));
	}

	@Test
	void shouldKeepSpringOutOfTheKernelSide() {
		check(noClasses().that()
			.resideInAnyPackage(ROOT + ".uring..", ROOT + ".engine..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework.."));
	}

	@Test
	void shouldKeepTheKernelSideOutOfTheApi() {
		check(noClasses().that()
			.resideInAnyPackage(ROOT + ".api..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage(ROOT + ".uring..", ROOT + ".engine.."));
	}

	@Test
	void shouldMarkEachPackageNullMarked() {
		JavaPackage root = CLASSES.getPackage(ROOT);
		assertThat(root.getSubpackagesInTree()).filteredOn((each) -> !each.getClasses().isEmpty())
			.allSatisfy((each) -> assertThat(each.isAnnotatedWith(NullMarked.class)).as(each.getName()).isTrue());
		assertThat(root.isAnnotatedWith(NullMarked.class)).isTrue();
	}

	/** A rule about a package holds as long as the package is not there yet. */
	private static void check(ArchRule rule) {
		rule.allowEmptyShould(true).check(CLASSES);
	}

	private static ArchCondition<JavaClass> useOnlyLayersBelow() {
		return new ArchCondition<>("use only layers below") {
			@Override
			public void check(JavaClass origin, ConditionEvents events) {
				String from = layerOf(origin);
				if (from.isEmpty()) {
					events
						.add(SimpleConditionEvent.violated(origin, origin.getName() + " is in no layer of the table"));
				}
				for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
					String to = layerOf(dependency.getTargetClass());
					if (!to.equals(from) && !to.isEmpty() && rowOf(to) >= rowOf(from)) {
						events.add(SimpleConditionEvent.violated(origin,
								from + " must not use " + to + ": " + dependency.getDescription()));
					}
				}
			}
		};
	}

	/** The longest name in the table that the class's package is or is under. */
	private static String layerOf(JavaClass type) {
		String name = type.getBaseComponentType().getPackageName() + ".";
		return LAYERS.stream()
			.flatMap(List::stream)
			.filter((layer) -> name.startsWith(ROOT + "." + layer + "."))
			.max((one, other) -> Integer.compare(one.length(), other.length()))
			.orElse("");
	}

	private static int rowOf(String layer) {
		for (int row = 0; row < LAYERS.size(); row++) {
			if (LAYERS.get(row).contains(layer)) {
				return row;
			}
		}
		return -1;
	}

	private static DescribedPredicate<JavaAccess<?>> reinterpretsASegment() {
		return DescribedPredicate.describe("is MemorySegment.reinterpret",
				(access) -> access.getTargetOwner().isAssignableTo(MemorySegment.class)
						&& access.getTarget().getName().equals("reinterpret"));
	}

}
