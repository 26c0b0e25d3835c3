package dev.holdfast.powerloss;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.holdfast.engine.IoOperation;

/**
 * The lines of the code that ask for a flush, found in the compiled classes and, of an
 * operation that is being submitted, on the stack. Methods that prepare the flush of an
 * operation only pass on what their callers ask for, so the lines are the callers'.
 */
final class FlushSites {

	private static final String ROOT = "dev.holdfast.";

	private static final StackWalker STACK = StackWalker.getInstance();

	private final Set<String> forwarders;

	private final Set<String> all;

	FlushSites() {
		JavaClasses classes = new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
			.importPackages("dev.holdfast");
		Set<JavaCodeUnit> preparing = classes.get(IoOperation.class)
			.getMethod("flush", dev.holdfast.engine.IoDevice.class)
			.getAccessesToSelf()
			.stream()
			.map(JavaAccess::getOrigin)
			.collect(Collectors.toSet());
		this.forwarders = preparing.stream().map(FlushSites::method).collect(Collectors.toSet());
		this.all = preparing.stream()
			.flatMap((method) -> method.getAccessesToSelf().stream())
			.map((call) -> method(call.getOrigin()) + ":" + call.getLineNumber())
			.collect(Collectors.toCollection(TreeSet::new));
	}

	/**
	 * All there are.
	 * @return such as {@code device.LabelStore.write:73}
	 */
	Set<String> all() {
		return this.all;
	}

	/**
	 * Which of them is on the stack of this thread.
	 */
	String current() {
		return STACK.walk((frames) -> frames.dropWhile((frame) -> !this.forwarders.contains(method(frame)))
			.dropWhile((frame) -> this.forwarders.contains(method(frame)))
			.findFirst()
			.map((frame) -> method(frame) + ":" + frame.getLineNumber())
			.orElseThrow());
	}

	private static String method(JavaCodeUnit method) {
		return method.getOwner().getName().substring(ROOT.length()) + "." + method.getName();
	}

	private static String method(StackWalker.StackFrame frame) {
		String owner = frame.getClassName();
		return (owner.startsWith(ROOT) ? owner.substring(ROOT.length()) : owner) + "." + frame.getMethodName();
	}

}
