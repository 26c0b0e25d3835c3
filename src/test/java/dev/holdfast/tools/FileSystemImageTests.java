package dev.holdfast.tools;

import dev.holdfast.ops.ServiceTest;
import dev.holdfast.testing.RequiresTool;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A volume holds a file system that was made elsewhere.
 */
@ServiceTest
@RequiresTool({ "curl", "mke2fs", "e2fsck", "debugfs" })
class FileSystemImageTests extends Workplace {

	private static final String CURL = "curl --fail-with-body -sS -K token.curl ";

	@Test
	void shouldHoldAFileSystemThatIsClean() throws Exception {
		Shell shell = shell(volume(32 << 20));
		shell.run(
				"mkdir -p tree/directory; seq 100000 >tree/directory/numbers; head -c 3000001 /dev/urandom >tree/random");
		shell.run("ln tree/random tree/directory/again; ln -s directory/numbers tree/link; : >tree/empty");
		shell.run("mke2fs -q -t ext4 -d tree image 32M; e2fsck -fn image");
		shell.run(CURL + "-T image \"$data?offset=0\"; " + CURL + "-o back $data; cmp image back");
		assertThat(shell.run("e2fsck -fn back")).contains("Pass 5", "back: ");
		shell.run("mkdir out; debugfs -R 'rdump / out' back; rmdir out/lost+found; diff -r tree out");
	}

	@Test
	void shouldBeSeenToBeBrokenWhenItIs() throws Exception {
		Shell shell = shell(volume(32 << 20));
		shell.run("mke2fs -q -t ext4 image 32M; " + CURL + "-T image \"$data?offset=0\"");
		// The table of groups, which begins with the second block of 1024 bytes.
		shell.run("head -c 64 /dev/urandom >noise; " + CURL + "-T noise \"$data?offset=2048\"; " + CURL
				+ "-o back $data");
		assertThat(shell.attempt("e2fsck -fn back").exit()).isNotZero();
	}

	/** What changed in a file system is written block by block, and only that. */
	@Test
	void shouldTakeTheBlocksThatChanged() throws Exception {
		Shell shell = shell(volume(8 << 20));
		shell.run("mke2fs -q -t ext4 -b 4096 image 8M; " + CURL + "-T image \"$data?offset=0\"; cp image before");
		shell.run("seq 20000 >numbers; debugfs -w -R 'write numbers numbers' image 2>&1");
		String changed = shell.run("cmp -l before image | awk '{ print int(($1 - 1) / 4096) }' | uniq || true");
		assertThat(changed.lines().count()).isBetween(2L, 200L);
		for (String block : changed.lines().toList()) {
			shell.run("dd if=image of=block bs=4096 count=1 skip=" + block + " status=none; " + CURL
					+ "-T block \"$data?offset=" + Long.parseLong(block) * 4096 + "\"");
		}
		shell.run(CURL + "-o back $data; cmp image back; e2fsck -fn back; debugfs -R 'dump numbers out' back");
		shell.run("cmp numbers out");
	}

}
