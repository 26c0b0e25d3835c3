package dev.holdfast.tools;

import dev.holdfast.ops.ServiceTest;
import dev.holdfast.testing.RequiresTool;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * nbdkit makes a volume a network block device, which can be read.
 */
@ServiceTest
@RequiresTool({ "curl", "nbdkit", "nbdcopy", "fio" })
class NetworkBlockDeviceTests extends Workplace {

	private static final String NBDKIT = "nbdkit -r -U - curl url=$data header-script='cat token.header' --run ";

	/** Each block of it says where it belongs and has a checksum. */
	private static final String PATTERN = "fio --name=pattern --size=8m --bs=16k --verify=crc32c --verify_fatal=1 ";

	private Shell shell;

	@BeforeEach
	void write() throws Exception {
		this.shell = shell(volume(8 << 20));
		this.shell.run(PATTERN + "--filename=pattern --rw=randwrite --do_verify=0 --randseed=20261127\n"
				+ "curl --fail-with-body -sS -K token.curl -T pattern \"$data?offset=0\"");
	}

	@Test
	void shouldHaveTheBytesThatFioWrote() throws Exception {
		String verify = NBDKIT + "'" + PATTERN + "--ioengine=nbd --uri=\"$uri\" --readonly --iodepth=8 --rw=";
		assertThat(this.shell.run(verify + "read'")).contains("err= 0", "issued rwts: total=512,0,0,0");
		this.shell.run("printf X | curl --fail-with-body -sS -K token.curl -T - \"$data?offset=1000000\"");
		Shell.Output wrong = this.shell.attempt(verify + "read'");
		assertThat(wrong.exit()).isNotZero();
		assertThat(wrong.all()).contains("crc32c: verify failed").contains("offset 999424");
	}

	@Test
	void shouldBeCopied() throws Exception {
		this.shell.run(NBDKIT + "'nbdcopy \"$uri\" copy'; cmp copy pattern");
		this.shell.run(NBDKIT + "'nbdcopy --request-size=8192 --requests=32 \"$uri\" small'; cmp small pattern");
	}

	@Test
	void shouldBeAskedForThePasswordOfBasicToo() throws Exception {
		this.shell.run("nbdkit -r -U - curl url=$data user=any password=+token.secret --run 'nbdcopy \"$uri\" copy'\n"
				+ "cmp copy pattern");
		Shell.Output refused = this.shell.attempt("nbdkit -f -r -U - curl url=$data --run 'nbdcopy \"$uri\" none'");
		assertThat(refused.exit()).isNotZero();
		assertThat(refused.err()).contains("401");
	}

}
