package dev.holdfast.powerloss;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.holdfast.engine.IoDevice;
import dev.holdfast.engine.IoOperation;

/**
 * The lines of the code that ask for a flush, found in the compiled classes and, of an
 * operation that is being submitted, on the stack. Methods that prepare the flush of an
 * operation only pass on what their callers ask for, so the lines are the callers'. A
 * line that calls a method called {@code flush}, which does nothing else, is one as well.
 * The layers above are left out: what they ask for is what tenants do here.
 */
final class FlushSites {

	private static final String ROOT = "dev.holdfast.";

	private static final List<String> LAYERS = List.of("device", "buffer", "volume", "block");

	private static final StackWalker STACK = StackWalker.getInstance();

	private final Set<String> all;

	FlushSites() {
		JavaClasses classes = new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
			.importPackages(LAYERS.stream().map((layer) -> ROOT + layer).toArray(String[]::new));
		JavaClasses engine = new ClassFileImporter().importClasses(IoOperation.class);
		Set<JavaCodeUnit> preparing = callers(classes,
				engine.get(IoOperation.class).getMethod("flush", IoDevice.class));
		this.all = new TreeSet<>();
		Set<JavaCodeUnit> flushing = new HashSet<>(preparing);
		while (!flushing.isEmpty()) {
			// A method that calls itself does the same flush again, once its drive is
			// back.
			Set<JavaAccess<?>> calls = flushing.stream()
				.flatMap((method) -> method.getAccessesToSelf()
					.stream()
					.filter((access) -> !access.getOrigin().equals(method)))
				.collect(Collectors.toSet());
			calls.forEach((call) -> this.all.add(method(call.getOrigin()) + ":" + call.getLineNumber()));
			flushing = calls.stream()
				.map(JavaAccess::getOrigin)
				.filter((method) -> method.getName().equals("flush"))
				.collect(Collectors.toSet());
		}
	}

	private static Set<JavaCodeUnit> callers(JavaClasses classes, JavaCodeUnit called) {
		return classes.stream()
			.flatMap((type) -> type.getAccessesFromSelf().stream())
			.filter((access) -> access.getTarget().getFullName().equals(called.getFullName()))
			.map(JavaAccess::getOrigin)
			.collect(Collectors.toSet());
	}

	/**
	 * All there are.
	 * @return such as {@code device.LabelStore.write:73}
	 */
	Set<String> all() {
		return this.all;
	}

	/**
	 * Which of them are on the stack of this thread.
	 */
	Set<String> current() {
		return STACK.walk((frames) -> frames.map((frame) -> method(frame) + ":" + frame.getLineNumber())
			.filter(this.all::contains)
			.collect(Collectors.toSet()));
	}

	private static String method(JavaCodeUnit method) {
		return method.getOwner().getName().substring(ROOT.length()) + "." + method.getName();
	}

	private static String method(StackWalker.StackFrame frame) {
		String owner = frame.getClassName();
		return (owner.startsWith(ROOT) ? owner.substring(ROOT.length()) : owner) + "." + frame.getMethodName();
	}

}
