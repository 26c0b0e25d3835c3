package dev.holdfast.uring.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import jnr.ffi.LibraryLoader;
import jnr.ffi.provider.jffi.NoX86;
import jnr.ffi.types.size_t;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keeps the six-argument trap of jnr-ffi shut: with its assembler stubs, which
 * {@link NoX86} turns off, the sixth integer is wrong on x86-64.
 */
class LibCTests {

	private static final int PROT_READ_WRITE = 3;

	private static final int MAP_PRIVATE_ANONYMOUS = 0x22;

	private static final long PAGE = 4096;

	@Test
	void shouldPassSixIntegersRight() {
		assertThat(print(WithoutStubs.class)).isEqualTo("111,222,333");
	}

	/**
	 * The control. The stub takes the sixth from the wrong place of the stack, where its
	 * own return address is ({@code X86_64StubCompiler}), so it is never right by chance.
	 */
	@Test
	@EnabledOnOs(architectures = "amd64")
	void shouldSeeTheTrapWithoutTheAnnotation() {
		assertThat(print(Printing.class)).startsWith("111,222,")
			.as("jnr-ffi is mended: LibC can do without NoX86, and these tests without the control")
			.isNotEqualTo("111,222,333");
	}

	@Test
	void shouldMapMemoryWithSixArguments() throws ErrnoException {
		long address = LibC.INSTANCE.mmap(0, PAGE, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
		assertThat(address).isPositive();
		MemorySegment memory = MemorySegment.ofAddress(address).reinterpret(PAGE);
		memory.set(ValueLayout.JAVA_LONG, 0, 42);
		assertThat(memory.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(42);
		Posix.unmap(memory);
	}

	@Test
	void shouldMapFromAnOffsetThatIsTheSixthArgument() throws Exception {
		int file = LibC.INSTANCE.memfd_create("six", 0);
		try {
			Posix.truncate(file, 2 * PAGE);
			try (Arena arena = Arena.ofConfined()) {
				MemorySegment mark = arena.allocateFrom(ValueLayout.JAVA_LONG, 4711L);
				assertThat(Posix.write(file, mark.address(), Long.BYTES, PAGE)).isEqualTo(Long.BYTES);
			}
			long address = LibC.INSTANCE.mmap(0, PAGE, PROT_READ_WRITE, 1, file, PAGE);
			assertThat(address).isPositive();
			MemorySegment memory = MemorySegment.ofAddress(address).reinterpret(PAGE);
			assertThat(memory.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(4711);
			Posix.unmap(memory);
		}
		finally {
			Posix.close(file);
		}
	}

	@Test
	void shouldKeepTheTrapShutInTheInterfaceItself() {
		assertThat(LibC.class).hasAnnotation(NoX86.class);
	}

	@Test
	void shouldPassSevenIntegersRight() {
		Printing c = LibraryLoader.create(WithoutStubs.class).library("c").load();
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment text = arena.allocate(64);
			c.snprintf(text.address(), 64, arena.allocateFrom("%ld,%ld,%ld,%ld").address(), 1, 2, 3, 4);
			assertThat(text.getString(0)).isEqualTo("1,2,3,4");
		}
	}

	private static String print(Class<? extends Printing> library) {
		Printing c = LibraryLoader.create(library).library("c").load();
		try (Arena arena = Arena.ofConfined()) {
			MemorySegment text = arena.allocate(64);
			int length = c.snprintf(text.address(), 64, arena.allocateFrom("%ld,%ld,%ld").address(), 111, 222, 333);
			String printed = text.getString(0);
			assertThat(printed).hasSize(length);
			return printed;
		}
	}

	/** Not declared with varargs, like all that Holdfast calls. */
	public interface Printing {

		int snprintf(long text, @size_t long size, long format, long a, long b, long c);

		int snprintf(long text, @size_t long size, long format, long a, long b, long c, long d);

	}

	/** The same, called as {@link LibC} is. */
	@NoX86
	public interface WithoutStubs extends Printing {

	}

}
